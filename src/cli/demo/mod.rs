//! `demo`: two throwaway servers, two machines with an agent each, and the whole story told with the real program.
//!
//! Start at [`run`]. The machines are folders of their own; every command that is shown is run, as a process of this same
//! program. Nothing of the user's is touched: no database, no configuration, no identity.
//!
//! What could go wrong: the demo is killed (the servers' guards and the agents' shells notice and end); an agent that never
//! converges (each wait has a limit, and its log is shown).

mod machine;

use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};

use super::args::Demo;
use super::exit_code::ExitCode;
use super::render::{demo as words, duration};
use super::ui::Ui;
use crate::postgres::throwaway::{Options, ThrowawayServer};
use machine::{Folder, Played};

/// The scripts that the repository shows as an example.
const SCRIPTS: [(&str, &str); 6] = [
    ("v1_add_stock_fields.sql", include_str!("../../../migrations/v1_add_stock_fields.sql")),
    ("v2_add_indexes.sql", include_str!("../../../migrations/v2_add_indexes.sql")),
    ("v3_add_order_status.sql", include_str!("../../../migrations/v3_add_order_status.sql")),
    ("v4_add_customers.sql", include_str!("../../../migrations/v4_add_customers.sql")),
    ("v5_add_daily_sales_view.sql", include_str!("../../../migrations/v5_add_daily_sales_view.sql")),
    ("v6_下单时扣减库存.sql", include_str!("../../../migrations/v6_下单时扣减库存.sql")),
];

const NOTE: (&str, &str) = ("v7_add_product_note.sql", include_str!("sql/v7_add_product_note.sql"));
const TYPO: (&str, &str) = ("v8_add_product_colour.sql", include_str!("sql/v8_add_product_colour.sql"));
const CORRECTED: &str = include_str!("sql/v8_add_product_colour.corrected.sql");
const DROP: (&str, &str) = ("v9_drop_product_note.sql", include_str!("sql/v9_drop_product_note.sql"));

const BY_HAND: &str = include_str!("sql/by_hand.sql");
const BY_HAND_UNDONE: &str = include_str!("sql/by_hand_undone.sql");
const ROWS: &str = include_str!("sql/rows.sql");

const LIMIT: Duration = Duration::from_secs(60);

/// Tells the story; everything is removed however it ends, unless `--keep` was given.
pub(super) async fn run(ui: &Ui, args: &Demo) -> Result<ExitCode> {
    tokio::select! {
        told = tell(ui, args.keep) => told,
        () = super::stop_signal() => {
            ui.say(words::interrupted(ui.lang()));
            Ok(ExitCode::Failed)
        }
    }
}

async fn tell(ui: &Ui, keep: bool) -> Result<ExitCode> {
    let started = Instant::now();
    let mut story = Story { ui, step: 0 };
    story.step(words::Step::Servers);
    // Made first, so that it is dropped last: agents and servers are gone by then.
    let folder = Folder::make(keep)?;
    let (server_a, server_b) = servers(ui).await?;
    let mut a = Played::new("pc-a", &folder, &server_a)?;
    let mut b = Played::new("pc-b", &folder, &server_b)?;
    let told = story.play(&mut a, &mut b, keep).await;
    if let Err(error) = told {
        for machine in [&a, &b] {
            ui.warn(&words::log_of(ui.style, machine.name, &machine.log_end()));
        }
        return Err(error);
    }
    ui.say(&words::the_end(ui.style, &duration(millis(started))));
    if keep {
        let kept = [(a, server_a), (b, server_b)].map(|(machine, server)| machine.keep(server.keep()));
        ui.answer(&words::kept(ui.style, &folder.path().display().to_string(), &kept));
    } else {
        a.stop().await;
        b.stop().await;
        let removed = tokio::task::spawn_blocking(move || drop((server_a, server_b, folder)));
        removed.await.context("failed to remove the demo")?;
        ui.say(&ui.style.tick(words::removed(ui.lang())));
    }
    Ok(ExitCode::Done)
}

/// Both servers at once: each takes a second or two.
async fn servers(ui: &Ui) -> Result<(ThrowawayServer, ThrowawayServer)> {
    let start = || {
        tokio::task::spawn_blocking(|| {
            let started = Instant::now();
            let options = Options { volatile: true, ..Options::default() };
            ThrowawayServer::start(&options).map(|server| (server, millis(started)))
        })
    };
    let (a, b) = (start(), start());
    let (a, b) = tokio::join!(a, b);
    let ((a, ms_a), (b, ms_b)) = (a.context("the server of pc-a")??, b.context("the server of pc-b")??);
    for (name, server, ms) in [("pc-a", &a, ms_a), ("pc-b", &b, ms_b)] {
        ui.say(&words::server(ui.style, name, server.programs().major, server.port(), &duration(ms)));
    }
    Ok((a, b))
}

fn millis(since: Instant) -> u64 {
    u64::try_from(since.elapsed().as_millis()).unwrap_or(u64::MAX)
}

struct Story<'a> {
    ui: &'a Ui,
    step: usize,
}

impl Story<'_> {
    fn step(&mut self, step: words::Step) {
        self.step += 1;
        let of = words::Step::COUNT;
        self.ui.say(&format!(
            "\n{}",
            self.ui.style.title(&format!("[{}/{of}] {}", self.step, step.title(self.ui.lang())))
        ));
    }

    async fn play(&mut self, a: &mut Played, b: &mut Played, keep: bool) -> Result<()> {
        self.meet(a, b, keep).await?;
        self.scripts(a, b).await?;
        self.drift(a, b).await?;
        self.failure(a, b).await?;
        self.held(a, b).await?;
        self.step(words::Step::End);
        for machine in [&*a, &*b] {
            self.show(machine, &["status"], 0).await?;
        }
        Ok(())
    }

    /// Runs a command on a machine and shows both; any other exit code than the expected one ends the story.
    async fn show(&self, machine: &Played, arguments: &[&str], expected: i32) -> Result<()> {
        let shown: Vec<&str> =
            arguments.iter().map(|word| if word.starts_with("dl1_") { "TOKEN" } else { word }).collect();
        self.ui.say(&words::prompt(self.ui.style, machine.name, &format!("driftless {}", shown.join(" "))));
        let output = machine.run(self.ui, arguments, None).await?;
        self.ui.say(&super::render::indent(&output.text, 2));
        self.expect(&output, machine, &shown, expected)
    }

    fn expect(&self, output: &machine::Said, machine: &Played, shown: &[&str], expected: i32) -> Result<()> {
        if output.code == Some(expected) {
            return Ok(());
        }
        bail!("`driftless {}` on {} ended with {:?} instead of {expected}", shown.join(" "), machine.name, output.code)
    }

    fn by_hand(&self, machine: &Played, sql: &str) {
        self.ui.say(&words::prompt(self.ui.style, machine.name, &format!("psql -c \"{}\"", sql.trim())));
    }

    async fn meet(&mut self, a: &mut Played, b: &mut Played, keep: bool) -> Result<()> {
        self.step(words::Step::Machines);
        for machine in [&*a, &*b] {
            self.show(machine, &["init"], 0).await?;
        }
        a.start_agent(self.ui, keep).await?;
        b.start_agent(self.ui, keep).await?;
        self.step(words::Step::Pairing);
        self.ui.say(&words::prompt(self.ui.style, a.name, "driftless invite"));
        let invite = a.run(self.ui, &["invite", "--json"], None).await?;
        let invite: serde_json::Value = serde_json::from_str(&invite.stdout).with_context(|| invite.text.clone())?;
        let token = invite["token"].as_str().context("`invite --json` names the token")?;
        self.ui.say(&super::render::indent(&words::token(self.ui.style, token), 2));
        self.ui.say(&words::prompt(self.ui.style, b.name, "driftless join TOKEN"));
        // By stdin: a token is a secret, and command lines can be seen by everybody on this machine.
        let joined = b.run(self.ui, &["join", "-"], Some(token)).await?;
        self.ui.say(&super::render::indent(&joined.text, 2));
        self.expect(&joined, b, &["join", "TOKEN"], 0)
    }

    async fn scripts(&mut self, a: &Played, b: &Played) -> Result<()> {
        self.step(words::Step::Scripts);
        for (name, text) in SCRIPTS {
            a.script(name, text)?;
        }
        self.show(a, &["sync"], 0).await?;
        self.follow(a, b, SCRIPTS.len()).await?;
        a.script(NOTE.0, NOTE.1)?;
        self.show(a, &["apply", NOTE.0], 0).await?;
        self.follow(a, b, SCRIPTS.len() + 1).await
    }

    /// Waits until B has as many scripts as A has, and the same fingerprint; says how long it took.
    async fn follow(&self, a: &Played, b: &Played, scripts: usize) -> Result<()> {
        let started = Instant::now();
        let there = b.wait(LIMIT, |state| state.scripts.len() == scripts).await?;
        let ms = millis(started);
        let here = a.look().await?;
        if here.fingerprint != there.fingerprint {
            bail!("the fingerprints differ: {} and {}", here.fingerprint.short(), there.fingerprint.short());
        }
        self.ui.say(&words::followed(self.ui.style, b.name, scripts, &here.fingerprint.short(), &duration(ms)));
        Ok(())
    }

    async fn drift(&mut self, a: &Played, b: &Played) -> Result<()> {
        self.step(words::Step::Drift);
        self.by_hand(b, BY_HAND);
        b.execute(BY_HAND).await?;
        self.show(b, &["check"], 3).await?;
        self.show(a, &["status", b.name], 3).await?;
        self.by_hand(b, BY_HAND_UNDONE);
        b.execute(BY_HAND_UNDONE).await?;
        b.wait(LIMIT, |state| state.drift.is_empty()).await?;
        Ok(())
    }

    async fn failure(&mut self, a: &Played, b: &Played) -> Result<()> {
        self.step(words::Step::Failure);
        a.script(TYPO.0, TYPO.1)?;
        self.show(a, &["apply", TYPO.0], 1).await?;
        self.ui.say(&words::corrected(self.ui.style, TYPO.0));
        a.script(TYPO.0, CORRECTED)?;
        self.show(a, &["apply", TYPO.0], 0).await?;
        self.follow(a, b, SCRIPTS.len() + 2).await
    }

    async fn held(&mut self, a: &Played, b: &Played) -> Result<()> {
        self.step(words::Step::Held);
        for machine in [a, b] {
            self.by_hand(machine, ROWS);
            machine.execute(ROWS).await?;
        }
        a.script(DROP.0, DROP.1)?;
        self.show(a, &["apply", "--yes", DROP.0], 0).await?;
        b.wait(LIMIT, |state| !state.held.is_empty()).await?;
        self.show(b, &["status"], 4).await?;
        self.show(b, &["heal", "--approve", DROP.0], 0).await?;
        self.follow(a, b, SCRIPTS.len() + 3).await
    }
}
