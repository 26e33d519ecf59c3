//! `revert NAME`: the script that undoes a script, from the facts before and after it. It is written and not run.
//!
//! Start at [`draft`], then [`write`]. What could go wrong: later scripts build on what is undone. Those that touch the same facts are refused
//! by name before anything is tried; those that only mention it are found when the script fails in a scratch database.

use std::path::PathBuf;

use crate::history::same_script;
use crate::journal::{Effect, Entry, Event};
use crate::postgres::scratch::{ReplayError, ScratchError};
use crate::schema::ddl::{self, Hazard};
use crate::schema::{Fact, FactId, Model, Value};
use crate::script::{Script, ScriptName, next_name};
use crate::script_dir::{self, ScriptDir};

use super::Machine;
use super::capture::{Bench, CaptureError};
use super::observe::Observation;
use super::replay::listed;
use super::written::Written;

/// Why there is no script that undoes it.
#[derive(Debug, thiserror::Error)]
pub enum RevertError {
    /// It is not applied here.
    #[error("`{0}` is not applied here")]
    NotApplied(String),
    /// What it did was not recorded.
    #[error(
        "what `{0}` did was not recorded here (it was adopted or marked, not run), so that it cannot be undone from the record"
    )]
    NoEffect(String),
    /// It changed no fact.
    #[error("`{0}` changed nothing in the schema; what it did to rows cannot be undone from the record")]
    NoFacts(String),
    /// The script that undoes it is in the folder, and was not applied.
    #[error("`{0}` was written for that already; apply it, or delete it")]
    Written(ScriptName),
    /// Later scripts touch the same facts.
    #[error("`{name}` cannot be undone: {} built on it since; undo that first", .later.join(", "))]
    BuiltOn {
        /// The script.
        name: String,
        /// The later scripts.
        later: Vec<String>,
    },
    /// Facts are not as it left them.
    #[error("`{name}` cannot be undone: what it left was changed by hand since: {}", listed(.facts))]
    Changed {
        /// The script.
        name: String,
        /// The facts.
        facts: Vec<FactId>,
    },
    /// The undoing was tried and led elsewhere.
    #[error("`{name}` cannot be undone{}", mentioned(.later))]
    Refused {
        /// The script.
        name: String,
        /// Later scripts that mention what would go.
        later: Vec<String>,
        /// What the scratch database said.
        #[source]
        source: Box<CaptureError>,
    },
    /// The script could not be made or written.
    #[error(transparent)]
    Failed(#[from] CaptureError),
}

fn mentioned(later: &[String]) -> String {
    if later.is_empty() {
        String::new()
    } else {
        format!(" (later scripts mention what would go: {})", later.join(", "))
    }
}

/// The undoing of a script.
#[derive(Debug, Clone)]
pub struct Draft {
    /// The script.
    pub script: Script,
    /// What it costs.
    pub hazards: Vec<Hazard>,
    /// Why it was not tried in a scratch database, if it was not.
    pub untried: Option<String>,
}

/// Makes the script that undoes another, and tries it in a scratch database.
pub async fn draft(machine: &Machine, seen: &Observation, name: &str) -> Result<Draft, RevertError> {
    let (at, entry) = applied(seen, name)?;
    let (before, after) = (&seen.entries[..at], &seen.entries[at + 1..]);
    let later = builders(&entry.effect, after);
    if !later.is_empty() {
        return Err(RevertError::BuiltOn { name: name.to_owned(), later });
    }
    let live = &seen.live.reading.model;
    let changed = |id: &&FactId| seen.live.digests.get(*id).copied() != entry.effect[*id].after;
    let facts: Vec<FactId> = entry.effect.keys().filter(changed).cloned().collect();
    if !facts.is_empty() {
        return Err(RevertError::Changed { name: name.to_owned(), facts });
    }
    let target = undone(live, &entry.effect, before)?;
    let bench = Bench { machine, scope: &machine.config.scope };
    let (renames, plan) = bench.way_back(live, &target).await?;
    let purpose = format!("撤销 {name} (undoes it)");
    let source = "driftless revert: 只撤销结构, 数据无法恢复 (the schema alone: rows and values do not come back)";
    let written = Written { purpose: &purpose, source, first: &renames, plan: &plan };
    let script = written.script(&script_name(machine, seen, name)?);
    if let Some(there) = written_already(machine, seen, &script)? {
        return Err(RevertError::Written(there));
    }
    let untried = match bench.prove(live, &script, &target).await {
        Ok(()) => None,
        Err(CaptureError::Replay(ReplayError::Scratch(error @ ScratchError::MayNotCreate { .. }))) => {
            Some(error.to_string())
        }
        Err(error) => {
            let later = mentions(&entry.effect, after);
            return Err(RevertError::Refused { name: name.to_owned(), later, source: Box::new(error) });
        }
    };
    Ok(Draft { hazards: written.hazards(), script, untried })
}

/// Puts the script into the script folder.
pub fn write(machine: &Machine, draft: &Draft) -> Result<PathBuf, RevertError> {
    Ok(script_dir::write_new(&machine.config.scripts_dir, &draft.script).map_err(CaptureError::from)?)
}

fn applied<'a>(seen: &'a Observation, name: &str) -> Result<(usize, &'a Entry), RevertError> {
    if !seen.history.is_applied(name) {
        return Err(RevertError::NotApplied(name.to_owned()));
    }
    let known = seen.state.scripts.iter().find(|script| same_script(&script.name, name));
    let at = known.and_then(|script| seen.entries.iter().position(|entry| Some(entry.seq) == script.entry));
    let at = at.ok_or_else(|| RevertError::NoEffect(name.to_owned()))?;
    let entry = &seen.entries[at];
    if entry.effect.is_empty() { Err(RevertError::NoFacts(name.to_owned())) } else { Ok((at, entry)) }
}

/// A script of the folder that was not applied and says the same under another number.
fn written_already(machine: &Machine, seen: &Observation, script: &Script) -> Result<Option<ScriptName>, RevertError> {
    let statements = |script: &Script| script.text.as_str().replace(script.name.as_str(), "");
    let folder = ScriptDir::load(&machine.config.scripts_dir).map_err(CaptureError::from)?;
    let same =
        |there: &&Script| !seen.history.is_applied(there.name.as_str()) && statements(there) == statements(script);
    Ok(folder.scripts.iter().find(same).map(|there| there.name.clone()))
}

/// The next version of all that are known here, in folder and history.
fn script_name(machine: &Machine, seen: &Observation, name: &str) -> Result<ScriptName, RevertError> {
    let folder = ScriptDir::load(&machine.config.scripts_dir).map_err(CaptureError::from)?;
    let folder = folder.scripts.into_iter().map(|script| script.name.to_string());
    let known: Vec<String> = seen.history.rows.iter().map(|row| row.name.clone()).chain(folder).collect();
    let stem = crate::history::stem(name);
    Ok(ScriptName::parse(&next_name(&known, &format!("revert_{stem}"), "")).map_err(CaptureError::from)?)
}

/// The live schema with every touched fact as it was before. What was made by hand and captured was there already when the script was
/// recorded: what a fact was is found by its digest.
fn undone(live: &Model, effect: &Effect, before: &[Entry]) -> Result<Model, RevertError> {
    let mut target = live.clone();
    let mut lost = Vec::new();
    for (id, touched) in effect {
        let Some(digest) = touched.before else {
            target.remove(id);
            continue;
        };
        let definitions = before.iter().rev().filter_map(|entry| entry.effect.get(id)?.definition.as_ref());
        let mut facts = definitions.map(|attributes| Fact { id: id.clone(), attributes: attributes.clone() });
        match facts.find(|fact| fact.digest() == digest) {
            Some(fact) => target.insert(fact),
            None => lost.push(id.clone()),
        }
    }
    if lost.is_empty() { Ok(target) } else { Err(CaptureError::NotKept(lost).into()) }
}

/// Later entries that touch the same facts, or something that lies in what was added.
fn builders(effect: &Effect, later: &[Entry]) -> Vec<String> {
    let added: Vec<String> =
        effect.iter().filter(|(_, touched)| touched.before.is_none()).map(|(id, _)| format!("{}.", id.name)).collect();
    let inside = |id: &FactId| added.iter().any(|name| id.name.starts_with(name.as_str()));
    named(later.iter().filter(|entry| entry.effect.keys().any(|id| effect.contains_key(id) || inside(id))))
}

/// Later entries whose facts mention the name of something that was added.
fn mentions(effect: &Effect, later: &[Entry]) -> Vec<String> {
    let added = effect.iter().filter(|(_, touched)| touched.before.is_none());
    let words: Vec<String> = added.filter_map(|(id, _)| ddl::name::parts(&id.name).0.pop()).collect();
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    let says = |text: &str| text.split(|c: char| !is_word(c)).any(|word| words.iter().any(|known| known == word));
    let mentions = |entry: &&Entry| {
        entry
            .effect
            .values()
            .filter_map(|touched| touched.definition.as_ref())
            .any(|attributes| attributes.values().any(|value| matches!(value, Value::Text(text) if says(text))))
    };
    named(later.iter().filter(mentions))
}

/// The scripts of entries; drift has none and stands for itself.
fn named<'a>(entries: impl Iterator<Item = &'a Entry>) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for entry in entries {
        let name = match &entry.event {
            Event::Applied { script, .. } => script.to_string(),
            Event::Marked { script, .. } => script.clone(),
            // told as changed by hand, with the facts
            _ => continue,
        };
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names
}
