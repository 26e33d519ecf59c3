//! Scripts that driftless writes: a header in the form of the template, and statements with what each of them costs.

use crate::schema::Kind;
use crate::schema::ddl::{self, Hazard, NO_TRANSACTION, Statement};
use crate::script::{CanonicalText, Script, ScriptName};

const RULE: &str = "-- ============================================================================";

/// Where captured scripts say that they come from.
pub(super) const CAPTURED: &str =
    "driftless capture: 手工修改, 已应用于修改所在的机器 (made by hand, applied where it was made)";

/// Whether a script says that it was captured.
pub(super) fn is_captured(script: &Script) -> bool {
    let source = format!("-- 来源: {CAPTURED}");
    script.text.as_str().lines().take(8).any(|line| line == source)
}

/// What a written script is made of.
pub(super) struct Written<'a> {
    /// What it is for, one line.
    pub(super) purpose: &'a str,
    /// Where it comes from, one line.
    pub(super) source: &'a str,
    /// Statements before those of the plan.
    pub(super) first: &'a [Statement],
    /// The plan.
    pub(super) plan: &'a ddl::Script,
}

impl Written<'_> {
    /// Every hazard, sorted, without doubles.
    pub(super) fn hazards(&self) -> Vec<Hazard> {
        let mut all = self.plan.hazards();
        all.extend(self.first.iter().flat_map(|statement| statement.hazards.clone()));
        all.sort();
        all.dedup();
        all
    }

    /// The script. The same in every language and on every machine: it is hashed.
    pub(super) fn script(&self, name: &ScriptName) -> Script {
        let words: Vec<&str> = self.hazards().into_iter().map(Hazard::word).collect();
        let risk = if words.is_empty() { "无 (none)".to_owned() } else { words.join(", ") };
        let line = |text: &str| text.replace(['\n', '\r'], " ");
        let mut text = format!(
            "{RULE}\n-- 迁移脚本: {name}\n-- 用途: {}\n-- 来源: {}\n-- 风险: {risk}\n{RULE}\n\n",
            line(self.purpose),
            line(self.source)
        );
        if self.plan.needs_no_transaction() {
            text.push_str(&format!("{NO_TRANSACTION}\n"));
        }
        text.push_str(&self.body());
        // without a byte order mark or CRLF, which a comment may hold but no script
        let text = CanonicalText::decode(text.as_bytes()).expect("a String is UTF-8");
        Script { name: name.clone(), text }
    }

    /// The statements, each with what it costs.
    pub(super) fn body(&self) -> String {
        let first: String = self.first.iter().map(|statement| format!("{};\n\n", statement.sql)).collect();
        first + self.statements().trim_start()
    }

    /// The plan's text, without settings that only functions want and marks that stand above already.
    fn statements(&self) -> String {
        let mut text = self.plan.text();
        text = text.replacen(&format!("{NO_TRANSACTION}\n"), "", 1);
        if !self.plan.steps.iter().any(|step| step.fact.kind == Kind::Function) {
            for setting in self.plan.settings() {
                text = text.replacen(&format!("{setting};\n"), "", 1);
            }
        }
        text
    }
}
