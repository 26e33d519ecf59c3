//! `doctor`: everything that this machine needs, each with its mend. It only looks.

use std::time::Instant;

use anyhow::Result;
use serde_json::json;

use super::args::Global;
use super::exit_code::ExitCode;
use super::render::doctor::{self as words, Item, Level, item};
use super::render::{Lang, moment, problem};
use super::ui::Ui;
use super::{configuration, hint, own_identity, peers};
use crate::agent::Machine;
use crate::agent::observe::Observer;
use crate::config::Config;
use crate::journal::Head;
use crate::peer::{PeerClient, PeerError};
use crate::postgres::connect::Connection;
use crate::postgres::journal_table;
use crate::postgres::programs::Programs;
use crate::script::analyze;
use crate::script_dir::ScriptDir;

struct Visit<'a> {
    ui: &'a Ui,
    lang: Lang,
    items: Vec<Item>,
    unreached: bool,
}

impl Visit<'_> {
    fn say(&mut self, level: Level, what: String, mend: Option<String>) {
        let found = Item { level, what, mend };
        if !self.ui.json {
            self.ui.answer(&item(self.ui.style, &found));
        }
        self.items.push(found);
    }

    fn good(&mut self, what: String) {
        self.say(Level::Good, what, None);
    }

    fn look(&mut self, what: String, mend: impl Into<String>) {
        self.say(Level::Look, what, Some(mend.into()));
    }

    fn bad(&mut self, what: String, mend: impl Into<String>) {
        self.say(Level::Bad, what, Some(mend.into()));
    }

    /// An error with its hint.
    fn error(&mut self, word: impl Fn(Lang, &str) -> String, error: &anyhow::Error) {
        let mend = hint::of(self.lang, error);
        self.say(Level::Bad, word(self.lang, &format!("{error:#}")), mend);
    }
}

pub(super) async fn run(ui: &Ui, global: &Global) -> Result<ExitCode> {
    if !ui.json {
        ui.say(&ui.style.title(ui.lang().doctor_title()));
    }
    let mut visit = Visit { ui, lang: ui.lang(), items: Vec::new(), unreached: false };
    match configuration(global) {
        Ok(config) => everything(&mut visit, config).await,
        Err(error) => visit.error(|_, why| why.to_owned(), &error),
    }
    programs(&mut visit);
    let failed = visit.items.iter().any(|item| item.level == Level::Bad);
    if ui.json {
        ui.answer_json(&json!({ "good": !failed && !visit.unreached, "items": visit.items }));
    } else if !failed && !visit.unreached {
        ui.say(&ui.style.tick(ui.lang().doctor_good()));
    }
    Ok(ExitCode::of([
        if failed { ExitCode::Failed } else { ExitCode::Done },
        if visit.unreached { ExitCode::Unreached } else { ExitCode::Done },
    ]))
}

async fn everything(visit: &mut Visit<'_>, config: Config) {
    let lang = visit.lang;
    match &config.shared_file {
        Some(file) => visit.good(words::configured(lang, &file.display().to_string(), &config.machine)),
        None => visit.bad(words::not_configured(lang), "driftless init"),
    }
    if let Some(file) = &config.local_file
        && let Ok(Some(_)) = crate::private_file::readable_by_others(file)
    {
        visit.bad(words::local_readable(lang, &file.display().to_string()), crate::private_file::mend(file));
    }
    folder(visit, &config);
    identity(visit, &config);
    let machine = match Machine::open(config, "doctor") {
        Ok(machine) => machine,
        Err(error) => return visit.error(|_, why| why.to_owned(), &error.into()),
    };
    match machine.connect().await {
        Ok(connection) => database(visit, &machine, &connection).await,
        Err(error) => visit.error(words::not_connected, &error.into()),
    }
    clock(visit);
    agent(visit, &machine).await;
    dial(visit, &machine).await;
}

fn folder(visit: &mut Visit<'_>, config: &Config) {
    let (lang, shown) = (visit.lang, config.scripts_dir.display().to_string());
    let folder = match ScriptDir::load(&config.scripts_dir) {
        Ok(folder) => folder,
        Err(error) => {
            let why = format!("{} ({:#})", words::no_folder(lang, &shown), anyhow::Error::from(error));
            return visit.bad(why, "driftless init");
        }
    };
    visit.good(words::scripts(lang, &shown, folder.scripts.len()));
    for script in &folder.scripts {
        let name = script.name.as_str();
        for found in analyze(&script.text).problems {
            visit.bad(words::unusable(lang, name), problem::problem(lang, name, &found));
        }
    }
    for file in &folder.ignored {
        visit.say(Level::Look, words::ignored(lang, &file.name, &file.reason.to_string()), None);
    }
}

fn identity(visit: &mut Visit<'_>, config: &Config) {
    let (lang, shown) = (visit.lang, config.identity_dir.display().to_string());
    match own_identity(&config.identity_dir) {
        Ok(Some(identity)) => visit.good(words::identity(lang, &identity.id().short(), &shown)),
        Ok(None) => visit.bad(words::no_identity(lang), "driftless init"),
        Err(error) => visit.error(|_, why| why.to_owned(), &error),
    }
}

async fn database(visit: &mut Visit<'_>, machine: &Machine, connection: &Connection) {
    let lang = visit.lang;
    let source = machine.config.database_source.map(|source| source.to_string()).unwrap_or_default();
    visit.good(words::connected(lang, connection.label(), connection.server_version(), &source));
    if connection.is_newer_than_tried() {
        visit.say(Level::Look, words::newer(lang, connection.server_version()), None);
    }
    if connection.is_superuser()
        && let Ok(target) = machine.target()
    {
        let sql = words::plain_role(lang, target.database(), &machine.config.scope.schemas);
        visit.look(words::superuser(lang, target.user()), sql);
    }
    match Observer::default().look(machine).await {
        Err(error) => visit.error(|_, why| why.to_owned(), &error.into()),
        Ok(seen) if !seen.initialised => visit.bad(words::not_recorded(lang), "driftless init"),
        Ok(seen) => {
            let whole = seen.entries.iter().try_fold(Head::EMPTY, |head, entry| entry.verify(head));
            match whole {
                Ok(_) => match journal_table::size(&connection.client).await {
                    Ok(size) => {
                        let (scripts, entries) = (seen.history.applied().count(), seen.entries.len());
                        visit.good(words::recorded(lang, scripts, entries, size.div_ceil(1024)));
                    }
                    Err(error) => visit.error(|_, why| why.to_owned(), &error.into()),
                },
                Err(broken) => {
                    visit.bad(words::broken_chain(lang, &broken.to_string()), words::broken_chain_mend(lang));
                }
            }
        }
    }
}

/// A clock before this program was written makes every token look expired, or valid for ever.
fn clock(visit: &mut Visit<'_>) {
    const WRITTEN: i64 = 1_760_000_000_000;
    let (lang, now) = (visit.lang, chrono::Utc::now().timestamp_millis());
    if now < WRITTEN {
        visit.bad(words::clock_wrong(lang, &moment(now)), words::clock_mend(lang));
    } else {
        visit.good(words::clock(lang, &moment(now)));
    }
}

async fn agent(visit: &mut Visit<'_>, machine: &Machine) {
    let (lang, listen) = (visit.lang, &machine.config.listen);
    if peers::listens(listen).await {
        visit.good(words::listening(lang, listen));
    } else {
        visit.look(words::not_listening(lang, listen), "driftless agent install");
    }
    if machine.is_paused() {
        visit.look(words::paused(lang), "driftless heal --resume");
    }
    let (host, port) = peers::split(listen);
    if host != "127.0.0.1"
        && let Some(rule) = words::firewall(lang, port, has_ufw())
    {
        visit.say(Level::Look, rule, None);
    }
}

async fn dial(visit: &mut Visit<'_>, machine: &Machine) {
    let lang = visit.lang;
    let names = machine.peer_names();
    if names.is_empty() {
        visit.look(words::no_peers(lang), "driftless invite");
    }
    for name in names {
        let started = Instant::now();
        let answer = match machine.dial(&name).await {
            Ok(client) => client.describe().await.map(|said| (client, said)),
            Err(error) => Err(error),
        };
        match answer {
            Ok((client, said)) => {
                visit.good(words::peer_good(lang, &name, &said.driftless_version, started.elapsed().as_millis()));
                dial_back(visit, machine, &name, &client).await;
            }
            Err(error) => {
                visit.unreached = true;
                let why = crate::agent::chain(&error);
                let mend = machine.addresses(&name).join(", ");
                visit.say(Level::Look, words::peer_bad(lang, &name, &why), Some(mend).filter(|m| !m.is_empty()));
            }
        }
    }
}

/// The peer tells whether it gets through to this machine: nobody can see that from here.
async fn dial_back(visit: &mut Visit<'_>, machine: &Machine, name: &str, client: &PeerClient) {
    let lang = visit.lang;
    let (_, port) = peers::split(&machine.config.listen);
    let tried = match client.dial_back(port).await {
        Ok(tried) => tried,
        Err(PeerError::Incompatible { .. }) => return visit.say(Level::Look, words::no_dial_back(lang, name), None),
        Err(error) => {
            return visit.say(Level::Look, words::dial_back_unknown(lang, name, &crate::agent::chain(&error)), None);
        }
    };
    let reached: Vec<_> = tried.iter().filter_map(|try_| Some((&try_.address, try_.outcome.as_ref().ok()?))).collect();
    for (address, took) in &reached {
        visit.good(words::reaches_us(lang, name, address, took.as_millis()));
    }
    if !reached.is_empty() {
        return;
    }
    let why: Vec<String> = tried
        .iter()
        .filter_map(|try_| try_.outcome.as_ref().err().map(|why| format!("{}: {why}", try_.address)))
        .collect();
    let mend = if peers::listens(&machine.config.listen).await {
        words::firewall(lang, port, has_ufw()).unwrap_or_else(|| words::open_port(lang, port))
    } else {
        "driftless agent".to_owned()
    };
    visit.bad(words::does_not_reach_us(lang, name, &why.join("; ")), mend);
}

fn has_ufw() -> bool {
    ["/usr/sbin/ufw", "/sbin/ufw"].iter().any(|path| std::path::Path::new(path).exists())
}

fn programs(visit: &mut Visit<'_>) {
    let lang = visit.lang;
    match Programs::find() {
        Ok(found) => visit.good(words::programs(lang, &found.folder.display().to_string(), found.major)),
        Err(error) => visit.look(words::no_programs(lang, &error.to_string()), error.hint()),
    }
}
