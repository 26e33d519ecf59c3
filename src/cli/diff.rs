//! `diff`: what differs, fact by fact with both values; here is FROM, a peer is TO.

use anyhow::Result;

use super::args::{Diff, Look};
use super::exit_code::ExitCode;
use super::render::{diff as words, json, script};
use super::source::{Side, Sources};
use super::ui::Ui;
use super::{UsageError, hint, or_stopped};
use crate::agent::proof::{Proof, Proven, proven};
use crate::schema::ddl::{self, Locks};
use crate::schema::{Change, ColumnOrder, Fact, Kind, Unsupported, column_orders};

pub(super) async fn run(ui: &Ui, sources: &Sources<'_>, args: &Diff) -> Result<ExitCode> {
    let narrowed = sources.scope().is_narrowed();
    if args.from.is_some() || args.to.is_some() {
        let (from, to) = Side::open_both(ui, sources, args.from.as_deref(), args.to.as_deref()).await?;
        sources.all_there(ui, &[&from, &to])?;
        let (changes, not_compared) = from.changes(&to).await?;
        let Written { proven, orders } = written(ui, sources, &from, &to, args).await?;
        let unsupported = not_supported(&from, &to);
        let found =
            Found { changes: &changes, not_compared, unsupported, narrowed, written: proven, orders, sql: args.sql };
        show(ui, &from.label, &to.label, &found);
        return Ok(if changes.is_empty() { ExitCode::Done } else { ExitCode::Differs });
    }
    let peers = match &args.peer {
        Some(peer) => vec![peer.clone()],
        None => sources.machine.peer_names(),
    };
    if peers.is_empty() {
        return Err(UsageError(ui.lang().no_peers().to_owned()).into());
    }
    let here = Side::open(ui, sources, None).await?;
    let (mut codes, mut reports) = (Vec::new(), Vec::new());
    for peer in &peers {
        let source = format!("peer:{peer}");
        match Side::open(ui, sources, Some(&source)).await {
            Ok(there) => {
                let (changes, not_compared) = here.changes(&there).await?;
                codes.push(if changes.is_empty() { ExitCode::Done } else { ExitCode::Differs });
                let Written { proven, orders } = written(ui, sources, &here, &there, args).await?;
                let unsupported = not_supported(&here, &there);
                let found = Found {
                    changes: &changes,
                    not_compared,
                    unsupported,
                    narrowed,
                    written: proven,
                    orders,
                    sql: args.sql,
                };
                if ui.json && peers.len() > 1 {
                    let mut report = report(&found);
                    report["name"] = peer.as_str().into();
                    reports.push(report);
                } else {
                    show(ui, &here.label, &there.label, &found);
                }
            }
            // Asked for one peer, its error is the answer; asked for all of them, the others still count.
            Err(error) if peers.len() == 1 => return Err(error),
            Err(error) => {
                ui.warn(&hint::told(ui.style, &error));
                codes.push(ExitCode::Unreached);
            }
        }
    }
    if ui.json && peers.len() > 1 {
        ui.answer_json(&serde_json::json!({ "peers": reports }));
    }
    Ok(ExitCode::of(codes))
}

/// What either side has and neither can compare.
fn not_supported(from: &Side, to: &Side) -> Vec<Unsupported> {
    let mut all = [&from.unsupported[..], &to.unsupported[..]].concat();
    all.sort();
    all.dedup();
    all
}

/// What a comparison of two sides gave.
struct Found<'a> {
    changes: &'a [Change],
    not_compared: usize,
    unsupported: Vec<Unsupported>,
    /// Whether there may be more than was looked at.
    narrowed: bool,
    written: Option<Proven>,
    orders: Vec<ColumnOrder>,
    sql: bool,
}

/// What is known where the whole of both sides is.
#[derive(Default)]
struct Written {
    proven: Option<Proven>,
    orders: Vec<ColumnOrder>,
}

/// The DDL that turns one side into the other, tried out where it was asked for, else only for JSON; and where columns stand in another
/// order. A peer is asked for everything it has only where the DDL was asked for.
async fn written(ui: &Ui, sources: &Sources<'_>, from: &Side, to: &Side, args: &Diff) -> Result<Written> {
    let (asked, locks) = (args.sql, if args.short_locks { Locks::Short } else { Locks::AsTheyCome });
    let both_are_here = from.read_already().is_some() && to.read_already().is_some();
    if !asked && !both_are_here {
        return Ok(Written::default());
    }
    let alike = from.alike(to);
    let (mut start, mut goal) = (alike.compared(from.model().await?), alike.compared(to.model().await?));
    let orders = column_orders(&start, &goal);
    if !asked && !ui.json {
        return Ok(Written { proven: None, orders });
    }
    let mut scope = sources.scope();
    let mut owners: Vec<Fact> = Vec::new();
    let mut role = String::new();
    if let (false, Some(source)) = (scope.grants && scope.owners, from.database()) {
        // What is made again would lose its grants and its owner: those that are there stay as they are, looked at or not.
        let look = Look { grants: true, owners: true, ..sources.look.clone() };
        let wide = Sources { machine: sources.machine, look: &look, named: sources.named.clone() };
        let there = Side::open(ui, &wide, source).await?.model().await?;
        if !scope.owners {
            role = sources.role(source)?;
            owners = there.facts().filter(|fact| fact.id.kind == Kind::Owner).cloned().collect();
        }
        if !scope.grants {
            scope.grants = true;
            let grants = || there.facts().filter(|fact| fact.id.kind == Kind::Grant);
            let kept: Vec<Fact> = ddl::standing(grants(), &goal).into_iter().cloned().collect();
            grants().for_each(|grant| start.insert(grant.clone()));
            kept.into_iter().for_each(|grant| goal.insert(grant));
        }
    }
    let mut found = if asked {
        let host = sources.host_for(ui, from)?;
        or_stopped(async { Ok(proven(&host, &start, &goal, &scope, locks).await) }).await?
    } else {
        Proven { script: ddl::script(&start, &goal), proof: Proof::Leaves(Vec::new()) }
    };
    let kept = ddl::owners_kept(&found.script, &owners, &goal, &role);
    found.script.steps.extend(kept);
    Ok(Written { proven: Some(found), orders })
}

fn report(found: &Found<'_>) -> serde_json::Value {
    let mut report = json::diff(found.changes);
    report["not_compared"] = found.not_compared.into();
    report["not_supported"] = serde_json::json!(found.unsupported);
    report["column_order"] = json::column_orders(&found.orders);
    report["renames"] = json::renames(&ddl::rename_hints(found.changes));
    match &found.written {
        Some(written) => json::add_script(&mut report, &written.script),
        // Not told is not the same as nothing to do.
        None => report["sql"] = serde_json::Value::Null,
    }
    if let (Some(written), true) = (&found.written, found.sql) {
        report["proven"] = matches!(written.proof, Proof::Holds).into();
    }
    report
}

/// What is compared with nothing is named, whatever the answer is.
pub(super) fn tell_unsupported(ui: &Ui, unsupported: &[Unsupported]) {
    if !unsupported.is_empty() {
        ui.remark(words::unsupported(ui.style, unsupported).trim_end());
    }
}

/// What may be wrong with a script that is printed, beside its header.
pub(super) fn tell_doubts(ui: &Ui, written: &Proven) {
    if !matches!(written.proof, Proof::Holds) || !written.script.left_out.is_empty() {
        for doubt in script::doubts(ui.lang(), &written.script, &written.proof) {
            ui.remark(&ui.style.bang(&doubt));
        }
    }
}

fn tell_orders(ui: &Ui, orders: &[ColumnOrder]) {
    orders.iter().for_each(|order| ui.remark(&ui.style.bang(&words::order(ui.lang(), order))));
}

fn show(ui: &Ui, from: &str, to: &str, found: &Found<'_>) {
    if ui.json {
        ui.answer_json(&report(found));
        return;
    }
    if let (Some(written), true) = (&found.written, found.sql) {
        tell_unsupported(ui, &found.unsupported);
        tell_doubts(ui, written);
        if found.changes.is_empty() {
            ui.remark(&ui.style.tick(ui.lang().diff_equal()));
            tell_orders(ui, &found.orders);
        } else {
            let mut orders: Vec<String> = found.orders.iter().map(|order| words::order(ui.lang(), order)).collect();
            orders.extend(found.narrowed.then(|| ui.lang().script_narrowed().to_owned()));
            ui.answer(&script::difference(ui.lang(), from, to, &written.script, &written.proof, &orders));
        }
        return;
    }
    ui.say(&ui.style.title(&ui.lang().diff_title(from, to)));
    tell_unsupported(ui, &found.unsupported);
    if found.changes.is_empty() {
        ui.answer(&ui.style.tick(ui.lang().diff_equal()));
    }
    tell_orders(ui, &found.orders);
    if found.not_compared > 0 {
        ui.remark(&ui.lang().diff_not_compared(found.not_compared));
    }
    if !found.changes.is_empty() {
        ui.answer(&words::changes(ui.style, found.changes));
        for (gone, new) in ddl::rename_hints(found.changes) {
            ui.remark(&ui.lang().diff_renamed(&words::id(&gone), &words::id(&new)));
        }
        ui.answer(&ui.style.cross(&words::counts(ui.style, found.changes)));
    }
}
