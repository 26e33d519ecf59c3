//! The JSON that others may build on (PRODUCT.md §5). Adding a key is allowed; renaming or removing one is a new contract.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::diff::id;
use super::finding;
use super::status::{MachineLine, PeerLine};
use crate::agent::models::Comparison;
use crate::agent::reach::Way;
use crate::divergence::{NodeState, PeerView, not_compared};
use crate::hash::{Fingerprint, ScopeDigest};
use crate::schema::ddl::{Script, Step};
use crate::schema::{Change, ChangeKind, ColumnOrder, Digests, FactId, Kind};

/// `fingerprint --json`.
pub(crate) fn fingerprint(fingerprint: Fingerprint, scope: ScopeDigest, objects: Option<&Digests>) -> Value {
    let mut value = json!({ "fingerprint": fingerprint, "scope": scope });
    if let Some(objects) = objects {
        let object = |(id, digest): (&crate::schema::FactId, &crate::hash::Digest)| json!({ "kind": id.kind.word(), "name": id.name, "digest": digest });
        value["objects"] = objects.iter().map(object).collect();
    }
    value
}

/// `diff --json`, without its statements: [`add_script`].
pub(crate) fn diff(changes: &[Change]) -> Value {
    let change = |change: &Change| {
        let attributes: Vec<Value> =
            change.attributes.iter().map(|d| json!({ "attribute": d.attribute, "from": d.from, "to": d.to })).collect();
        json!({
            "kind": change.id.kind.word(), "name": change.id.name, "change": change.change,
            "hazards": [], "attributes": attributes,
        })
    };
    json!({ "equal": changes.is_empty(), "changes": changes.iter().map(change).collect::<Vec<_>>(), "sql": [] })
}

/// Tables with their columns in another order.
pub(crate) fn column_orders(orders: &[ColumnOrder]) -> Value {
    orders.iter().map(|order| json!({ "table": order.table, "from": order.from, "to": order.to })).collect()
}

/// What may be one thing under two names.
pub(crate) fn renames(hints: &[(FactId, FactId)]) -> Value {
    let hint = |(gone, new): &(FactId, FactId)| json!({ "kind": gone.kind.word(), "from": gone.name, "to": new.name });
    hints.iter().map(hint).collect()
}

/// Statements, and what each change costs, into `diff --json`.
pub(crate) fn add_script(report: &mut Value, script: &Script) {
    report["sql"] = super::script::statements(script).into();
    for change in report["changes"].as_array_mut().into_iter().flatten() {
        let same = |step: &&Step| change["kind"] == step.fact.kind.word() && change["name"] == step.fact.name.as_str();
        let mut hazards: Vec<_> =
            script.steps.iter().filter(same).flat_map(|step| step.statement.hazards.clone()).collect();
        hazards.sort();
        hazards.dedup();
        change["hazards"] = json!(hazards);
    }
    if !script.left_out.is_empty() {
        let left_out =
            |(fact, why): &(FactId, String)| json!({ "kind": fact.kind.word(), "name": fact.name, "why": why });
        report["not_written"] = script.left_out.iter().map(left_out).collect();
    }
}

/// The models' part of `check --json`.
pub(crate) fn models(found: &Comparison) -> Value {
    let fields = |kind| {
        let fields = found.changes.iter().filter(move |change| change.id.kind == Kind::Column && change.change == kind);
        fields.map(|change| change.id.name.clone()).collect::<Vec<_>>()
    };
    json!({
        "equal": found.is_equal(), "fields_in_database": found.live_fields, "fields_in_models": found.model_fields,
        "common": found.common, "missing": fields(ChangeKind::Removed), "extra": fields(ChangeKind::Added),
        "missing_tables": found.missing_tables.iter().map(|id| id.name.clone()).collect::<Vec<_>>(),
        "changes": diff(&found.changes)["changes"], "only_in_database": diff(&found.beside)["changes"],
    })
}

/// `status --json`.
pub(crate) fn status(machine: MachineLine<'_>, peers: &[PeerLine<'_>]) -> Value {
    let state = machine.state;
    let drift: Vec<String> = state.drift.iter().map(|fact| id(&fact.id)).collect();
    let left_by: BTreeMap<String, &String> =
        state.drift.iter().filter_map(|fact| Some((id(&fact.id), fact.left_by.as_ref()?))).collect();
    let held: Vec<Value> =
        state.held.iter().map(|held| json!({ "name": held.name, "from": held.from, "why": held.reason })).collect();
    json!({
        "machine": {
            "name": state.machine, "database": machine.database, "server_major": state.server_major,
            "scope": state.scope, "fingerprint": state.fingerprint, "facts": state.facts,
            "applied": state.scripts.len(), "pending": machine.pending.len(), "pending_scripts": machine.pending,
            "drifted": !state.drift.is_empty(), "drift": drift, "left_by": left_by, "failed": state.failed, "held": held,
            "halted": state.halted, "paused": state.paused, "not_supported": state.unsupported,
        },
        "peers": peers.iter().map(|line| peer(state, line)).collect::<Vec<_>>(),
    })
}

fn peer(here: &NodeState, peer: &PeerLine<'_>) -> Value {
    let link = peer.way.map(|way| match way {
        Way::Dialled(_) => "dialled",
        Way::ItsCall => "its_call",
    });
    let mut value = json!({
        "name": peer.name, "address": peer.address, "link": link, "reachable": false, "fingerprint": null,
        "findings": peer.findings.iter().map(finding::word).collect::<Vec<_>>(), "details": peer.findings,
    });
    value["since"] = json!(peer.since().map(utc));
    value["last_reached"] = json!(peer.last_reached().map(utc));
    if let PeerView::Reachable(state) = peer.view {
        value["reachable"] = true.into();
        value["fingerprint"] = json!(state.fingerprint);
        value["applied"] = state.scripts.len().into();
        value["not_compared"] = not_compared(here, state).into();
        if state.paused {
            value["paused"] = true.into();
        }
    }
    value
}

/// A moment for programs: RFC 3339, UTC.
fn utc(milliseconds: i64) -> Option<String> {
    let time = chrono::DateTime::from_timestamp_millis(milliseconds)?;
    Some(time.to_rfc3339_opts(chrono::SecondsFormat::Secs, true))
}

#[cfg(test)]
mod tests {
    use super::super::status::tests::state;
    use super::*;
    use crate::divergence::Finding;
    use crate::local_state::{NoAnswer, PeerSeen};
    use crate::schema::{Fact, Model};

    #[test]
    fn shapes_of_the_contract() {
        let model = Model::new([Fact::new(Kind::Column, "public.orders.new_field").with("type", "text")]);
        let found = fingerprint(model.fingerprint(), ScopeDigest([1; 32]), Some(&model.digests()));
        assert_eq!(found["fingerprint"], model.fingerprint().to_string());
        assert_eq!(found["objects"][0]["kind"], "column");
        assert_eq!(found["objects"][0]["name"], "public.orders.new_field");
        assert!(fingerprint(model.fingerprint(), ScopeDigest([1; 32]), None).get("objects").is_none());

        let found = diff(&crate::schema::diff(&Model::default(), &model));
        assert_eq!((&found["equal"], &found["changes"][0]["change"]), (&json!(false), &json!("added")));
        assert_eq!((&found["changes"][0]["hazards"], &found["sql"]), (&json!([]), &json!([])));

        let here = state("pc-a");
        let view = PeerView::Reachable(Box::new(state("pc-b")));
        let line = PeerLine {
            name: "pc-b",
            address: None,
            way: Some(Way::ItsCall),
            view: &view,
            findings: &[Finding::InSync],
            seen: PeerSeen::default(),
        };
        let found = status(MachineLine { database: "a@b/c", state: &here, pending: &[], has_peers: true }, &[line]);
        assert_eq!(found["machine"]["drifted"], json!(false));
        assert_eq!(found["machine"]["pending"], json!(0));
        assert_eq!(found["peers"][0]["reachable"], json!(true));
        assert_eq!(found["peers"][0]["link"], json!("its_call"));
        assert_eq!(found["peers"][0]["findings"], json!(["in_sync"]));
        assert_eq!(found["peers"][0]["since"], Value::Null);

        let gone = PeerView::Unreachable { why: "timed out".into() };
        let seen = PeerSeen { reached: None, trouble: Some(NoAnswer::Unreachable), since: Some(1_763_807_400_000) };
        let findings = [Finding::Unreachable { why: "timed out".into() }];
        let line = PeerLine { name: "pc-b", address: None, way: None, view: &gone, findings: &findings, seen };
        let found = status(MachineLine { database: "a@b/c", state: &here, pending: &[], has_peers: true }, &[line]);
        assert_eq!(found["peers"][0]["since"], "2025-11-22T10:30:00Z");
    }
}
