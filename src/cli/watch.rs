//! Shows applying while it happens: each script with its ✓ or ✗ as soon as it is known.

use serde_json::{Value, json};

use super::render::progress;
use super::ui::Ui;
use crate::agent::heal::{Progress, Tried};
use crate::postgres::apply::Outcome;

/// Receives progress and prints it.
pub(super) fn printer(ui: &Ui) -> impl FnMut(Progress<'_>) + '_ {
    let mut waited_for = String::new();
    move |progress| match progress {
        Progress::Found(report) => ui.say(&progress::found(ui.style, report)),
        Progress::Waiting(holder) => {
            let who = format!("{}, pid {}", holder.application, holder.pid);
            if who != waited_for {
                ui.say(&ui.style.bang(&ui.lang().waiting_for_lock(&who)));
                waited_for = who;
            }
        }
        Progress::Starting { name, number, of, .. } => {
            ui.passing(&format!("[{number}/{of}] {}", ui.lang().applying(name)));
        }
        Progress::Tried(tried) => {
            ui.say(&progress::tried(ui.style, tried));
        }
    }
}

/// What came of one script, as JSON.
pub(super) fn tried_json(tried: &Tried) -> Value {
    let (result, why) = match &tried.outcome {
        Outcome::Applied { .. } => ("applied", Value::Null),
        Outcome::AlreadyApplied => ("already_applied", Value::Null),
        Outcome::Held { reason, .. } => ("held", json!(reason)),
        Outcome::Failed(failure) => ("failed", failure.to_string().into()),
        Outcome::Retry { why, .. } => ("not_tried", why.to_string().into()),
        Outcome::NeedDigests(_) => ("not_tried", Value::Null),
    };
    json!({ "name": tried.name, "from": tried.from, "result": result, "why": why })
}
