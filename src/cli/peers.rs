//! `invite`, `join` and `peers`: who is trusted, and with what.

use std::io::Read as _;

use anyhow::{Context as _, Result};
use serde_json::json;

use super::args::{GrantArg, Invite, Join, Peers, PeersCommand};
use super::exit_code::ExitCode;
use super::render::{moment, table};
use super::ui::Ui;
use super::{NoIdentity, UsageError};
use crate::agent::Machine;
use crate::config::DEFAULT_PORT;
use crate::identity::{Grant, Invites, Token};
use crate::peer::{JoinOffer, Timeouts};

impl From<GrantArg> for Grant {
    fn from(grant: GrantArg) -> Self {
        match grant {
            GrantArg::Status => Self::Status,
            GrantArg::Pull => Self::Pull,
            GrantArg::Apply => Self::Apply,
        }
    }
}

fn now() -> i64 {
    chrono::Utc::now().timestamp()
}

/// Makes a token. It stands alone on its line of stdout, so that it can be copied; the rest goes around it.
pub(super) async fn invite(ui: &Ui, machine: &Machine, args: &Invite) -> Result<ExitCode> {
    let (style, lang) = (ui.style, ui.lang());
    let identity = machine.identity.as_ref().ok_or(NoIdentity)?;
    let grant = Grant::from(args.grant);
    let invite = Invites::of(&machine.config.identity_dir).create(grant, now())?;
    let addresses = machine.own_addresses(None);
    let token = Token {
        inviter: identity.id(),
        invite: invite.id,
        secret: invite.secret,
        expires_at: invite.expires_at,
        addresses: addresses.clone(),
    }
    .encode();
    if ui.json {
        ui.answer_json(&json!({
            "token": token, "expires_at": invite.expires_at, "grant": grant, "addresses": addresses,
        }));
    } else {
        ui.say(&lang.invite_token(&addresses.join(", ")));
        ui.answer(&token);
        ui.say(&lang.invite_expires(&moment(invite.expires_at.saturating_mul(1_000))));
        ui.say(&granted(ui, lang.who_joins(), grant));
        ui.say(lang.invite_both_ways());
        ui.say(&style.next(&lang.invite_type("TOKEN")));
        ui.say(&style.faint(lang.token_once()));
    }
    if !listens(&machine.config.listen).await {
        ui.warn(&style.bang(&lang.agent_not_listening(&machine.config.listen)));
    }
    Ok(ExitCode::Done)
}

fn granted(ui: &Ui, who: &str, grant: Grant) -> String {
    match grant {
        Grant::Status => ui.lang().grants_status(who),
        Grant::Pull => ui.lang().grants_pull(who),
        Grant::Apply => ui.lang().grants_apply(who),
    }
}

/// Whether anything accepts connections where the agent should.
pub(super) async fn listens(listen: &str) -> bool {
    let (host, port) = split(listen);
    let host = if matches!(host, "" | "0.0.0.0" | "[::]") { "127.0.0.1" } else { host };
    let dial = tokio::net::TcpStream::connect(format!("{host}:{port}"));
    matches!(tokio::time::timeout(std::time::Duration::from_secs(1), dial).await, Ok(Ok(_)))
}

/// Host and port of an address to listen on.
pub(super) fn split(listen: &str) -> (&str, u16) {
    match listen.rsplit_once(':') {
        Some((host, port)) => (host, port.parse().unwrap_or(DEFAULT_PORT)),
        None => (listen, DEFAULT_PORT),
    }
}

/// Joins the machine that made the token. `-` reads it from stdin: command lines can be seen by others.
pub(super) async fn join(ui: &Ui, machine: &Machine, args: &Join) -> Result<ExitCode> {
    let (style, lang) = (ui.style, ui.lang());
    let mut text = args.token.clone();
    if text == "-" {
        text.clear();
        std::io::stdin().read_to_string(&mut text).context("failed to read the token from stdin")?;
    }
    let token = Token::parse(text.trim(), now()).map_err(|error| UsageError(error.to_string()))?;
    let identity = machine.identity.as_ref().ok_or(NoIdentity)?;
    let config = &machine.config;
    let offer =
        JoinOffer { machine: config.machine.clone(), addresses: machine.own_addresses(None), grant: args.grant.into() };
    ui.passing(lang.looking());
    let joined = crate::peer::join(identity, &config.identity_dir, &token, &offer, Timeouts::default()).await?;
    let peer = joined.peer;
    if ui.json {
        ui.answer_json(&json!({
            "peer": peer.name, "grant": peer.grant, "grant_there": joined.grant_there, "addresses": peer.addresses,
        }));
        return Ok(ExitCode::Done);
    }
    ui.answer(&style.tick(&lang.joined(&peer.name)));
    ui.say(&lang.joined_what(&peer.name));
    ui.say(&granted(ui, &peer.name, peer.grant));
    ui.say(&lang.grant_there(&peer.name, joined.grant_there.word()));
    if !listens(&machine.config.listen).await {
        ui.say(&style.next("driftless agent"));
    }
    ui.say(&style.next("driftless status"));
    Ok(ExitCode::Done)
}

/// Lists, grants, removes.
pub(super) fn peers(ui: &Ui, machine: &Machine, args: &Peers) -> Result<ExitCode> {
    let lang = ui.lang();
    match &args.command {
        None | Some(PeersCommand::List) => list(ui, machine),
        Some(PeersCommand::Grant { name, grant }) => {
            let grant = Grant::from(*grant);
            machine.trust.set_grant(name, grant)?;
            ui.answer(&ui.style.tick(&lang.peer_granted(name, grant.word())));
            ui.say(&granted(ui, name, grant));
        }
        Some(PeersCommand::Remove { name }) => {
            machine.trust.remove(name)?;
            ui.answer(&ui.style.tick(&lang.peer_removed(name)));
        }
    }
    Ok(ExitCode::Done)
}

fn list(ui: &Ui, machine: &Machine) {
    let peers = machine.trust.peers();
    if ui.json {
        ui.answer_json(&json!({ "peers": *peers }));
        return;
    }
    if peers.is_empty() {
        ui.answer(ui.lang().no_peers());
        ui.say(&ui.style.next("driftless invite"));
        return;
    }
    let rows: Vec<Vec<String>> = peers
        .iter()
        .map(|peer| {
            let addresses = machine.addresses(&peer.name).join(", ");
            vec![ui.style.strong(&peer.name), peer.grant.word().to_owned(), peer.certificate.short(), addresses]
        })
        .collect();
    ui.answer(&table(&rows));
    for broken in machine.trust.broken().iter() {
        ui.warn(&ui.style.cross(&broken.to_string()));
    }
}
