//! The command line: what can be typed. Start at [`Args`]; help in Chinese is put over it by [`super::render::help`].

use std::path::PathBuf;

use clap::{ArgAction, Args as ClapArgs, Parser, Subcommand, ValueEnum};

use super::render::Lang;

/// Two PCs, two PostgreSQL databases, one schema, kept identical by an agent on each machine.
#[derive(Debug, Parser)]
#[command(name = "driftless", version, propagate_version = true, max_term_width = 110)]
pub(crate) struct Args {
    #[command(flatten)]
    pub(crate) global: Global,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// Flags that every command takes.
#[derive(Debug, Clone, Default, ClapArgs)]
pub(crate) struct Global {
    /// Read this configuration instead of the nearest driftless.toml
    #[arg(long, global = true, value_name = "FILE", help_heading = "Global options")]
    pub(crate) config: Option<PathBuf>,
    /// Database URL (also: DRIFTLESS_DATABASE_URL, the configuration, DATABASE_URL)
    #[arg(long, global = true, value_name = "URL", help_heading = "Global options")]
    pub(crate) database: Option<String>,
    /// Print JSON
    #[arg(long, global = true, help_heading = "Global options")]
    pub(crate) json: bool,
    /// When to use colour
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto", help_heading = "Global options")]
    pub(crate) color: Color,
    /// Language of what is printed (also: DRIFTLESS_LANG, the locale)
    #[arg(long, global = true, value_name = "LANG", help_heading = "Global options")]
    pub(crate) lang: Option<Lang>,
    /// Say more; twice: everything
    #[arg(short, long, global = true, action = ArgAction::Count, help_heading = "Global options")]
    pub(crate) verbose: u8,
    /// Print the answer only
    #[arg(short, long, global = true, help_heading = "Global options")]
    pub(crate) quiet: bool,
    /// Write the report to this file, in UTF-8 (PowerShell's `>` would write UTF-16)
    #[arg(short, long, global = true, value_name = "FILE", help_heading = "Global options")]
    pub(crate) output: Option<PathBuf>,
}

/// When to use colour.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Color {
    #[default]
    Auto,
    Always,
    Never,
}

/// What a peer may do here.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum GrantArg {
    /// See the state of this machine
    Status,
    /// Read the scripts that were applied here
    Pull,
    /// What it has applied is applied here
    #[default]
    Apply,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Set this machine up: configuration, script folder, identity, history
    Init(Init),
    /// Start a new script from the template
    New(New),
    /// Apply these scripts now
    Apply(Apply),
    /// Apply everything pending, from the folder and from reachable peers
    Sync(Sync),
    /// Compare the live schema with what the scripts left behind
    Check(Check),
    /// Show this machine and every peer
    Status(Status),
    /// Show what differs, fact by fact
    Diff(Diff),
    /// Print the fingerprint of a schema
    Fingerprint(Fingerprint),
    /// Turn what was changed by hand into a script, recorded as applied here
    Capture(Capture),
    /// Write the script that undoes another
    Revert(Revert),
    /// Print a schema as DDL that an empty database can load
    Dump(Dump),
    /// Show what healing would do, or let it be done
    Heal(Heal),
    /// The record of what was applied here
    History(History),
    /// Print a token that lets another machine join this one
    Invite(Invite),
    /// Join the machine that printed this token
    Join(Join),
    /// Who is trusted, and with what
    Peers(Peers),
    /// Run the agent in the foreground, or install it
    Agent(Agent),
    /// Check everything this machine needs, each with its mend
    Doctor,
    /// Two throwaway databases, two agents, the whole story
    Demo(Demo),
    /// Print completions for a shell
    Completions(Completions),
}

#[derive(Debug, ClapArgs)]
pub(crate) struct Init {
    /// This machine's name, as peers see it
    #[arg(long, value_name = "M")]
    pub(crate) name: Option<String>,
    /// Address the agent listens on
    #[arg(long, value_name = "ADDR")]
    pub(crate) listen: Option<String>,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct New {
    /// What the script does, in a few words of any language
    #[arg(required = true, value_name = "DESCRIPTION")]
    pub(crate) description: Vec<String>,
    /// Apply it after it was edited
    #[arg(long)]
    pub(crate) apply: bool,
    /// Do not open an editor
    #[arg(long)]
    pub(crate) no_edit: bool,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct Apply {
    /// Script files, or names of scripts in the script folder
    #[arg(required = true, value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,
    /// Approve what would be held, without being asked
    #[arg(long)]
    pub(crate) yes: bool,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct Sync {
    /// Show what is pending and change nothing
    #[arg(long)]
    pub(crate) dry_run: bool,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct Check {
    /// Also replay the history in a scratch database, and compare with that
    #[arg(long)]
    pub(crate) replay: bool,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct Status {
    /// Show this peer only
    #[arg(value_name = "PEER")]
    pub(crate) peer: Option<String>,
    /// Go on showing it until Ctrl-C
    #[arg(long)]
    pub(crate) watch: bool,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct Diff {
    /// The peer to compare with; without it, every reachable peer
    #[arg(value_name = "PEER", conflicts_with_all = ["from", "to"])]
    pub(crate) peer: Option<String>,
    /// Compare from this source: a postgres:// URL, peer:NAME, file:PATH.sql, scripts:DIR, or models; the side that is not named is
    /// the configured database
    #[arg(long, value_name = "SOURCE")]
    pub(crate) from: Option<String>,
    /// … to this source
    #[arg(long, value_name = "SOURCE")]
    pub(crate) to: Option<String>,
    /// Print the SQL that turns one into the other
    #[arg(long)]
    pub(crate) sql: bool,
    /// … with short locks: constraints NOT VALID first, indexes CONCURRENTLY; statement by statement, outside a transaction
    #[arg(long, requires = "sql")]
    pub(crate) short_locks: bool,
    #[command(flatten)]
    pub(crate) look: Look,
}

/// What is looked at, where that is to be another than the configured scope.
#[derive(Debug, Clone, Default, ClapArgs)]
pub(crate) struct Look {
    /// Schemas to look at, separated by commas (default: the configured ones)
    #[arg(long, value_name = "LIST", value_delimiter = ',')]
    pub(crate) schemas: Vec<String>,
    /// Owners count, too
    #[arg(long)]
    pub(crate) owners: bool,
    /// Grants count, too
    #[arg(long)]
    pub(crate) grants: bool,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct Dump {
    /// A postgres:// URL, peer:NAME, file:PATH.sql, scripts:DIR, or models; without it, the configured database
    #[arg(value_name = "SOURCE")]
    pub(crate) source: Option<String>,
    #[command(flatten)]
    pub(crate) look: Look,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct Fingerprint {
    /// A postgres:// URL, peer:NAME, file:PATH.sql, scripts:DIR, or models; without it, the configured database
    #[arg(value_name = "SOURCE")]
    pub(crate) source: Option<String>,
    /// A digest for each fact
    #[arg(long)]
    pub(crate) objects: bool,
    #[command(flatten)]
    pub(crate) look: Look,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct Capture {
    /// What the script does, in a few words of any language
    #[arg(required = true, value_name = "DESCRIPTION")]
    pub(crate) description: Vec<String>,
    /// Show the script and change nothing
    #[arg(long)]
    pub(crate) dry_run: bool,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct Revert {
    /// The script to undo
    #[arg(value_name = "NAME")]
    pub(crate) name: String,
    /// Show the script and write no file
    #[arg(long)]
    pub(crate) dry_run: bool,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct Heal {
    /// Show the plan and change nothing
    #[arg(long, conflicts_with_all = ["approve", "pause", "resume"])]
    pub(crate) dry_run: bool,
    /// Approve these scripts, with their text as it is now, on this machine
    #[arg(long, value_name = "NAME", num_args = 1..)]
    pub(crate) approve: Vec<String>,
    /// Do not ask
    #[arg(long)]
    pub(crate) yes: bool,
    /// Undo what was changed by hand on this machine, instead of keeping it
    #[arg(long, conflicts_with_all = ["approve", "pause", "resume"])]
    pub(crate) revert_drift: bool,
    /// Let the agent let go of the database
    #[arg(long, conflicts_with = "resume")]
    pub(crate) pause: bool,
    /// Let the agent go on, after a pause or a halt
    #[arg(long)]
    pub(crate) resume: bool,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct History {
    #[command(subcommand)]
    pub(crate) command: Option<HistoryCommand>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum HistoryCommand {
    /// List what was applied, and what failed
    List,
    /// Show one script: its row and its text
    Show {
        /// The script's name
        name: String,
    },
    /// Record scripts as applied without running them
    MarkApplied {
        /// The scripts' names
        #[arg(value_name = "NAME", required_unless_present = "all")]
        names: Vec<String>,
        /// Every pending script that has run here before, or whose effect is here
        #[arg(long, conflicts_with = "names")]
        all: bool,
    },
    /// Take the script's text as it is in the folder now for the recorded one, or record it under another name
    Repair {
        /// The script's name
        name: String,
        /// Keep the recorded text, under this name from now on
        #[arg(long = "as", value_name = "NEW_NAME")]
        new_name: Option<String>,
    },
    /// Forget what was applied (the schema stays)
    Reset {
        /// Do not ask
        #[arg(long)]
        yes: bool,
    },
    /// Write the recorded scripts into a folder
    Export {
        /// The folder
        dir: PathBuf,
    },
}

#[derive(Debug, ClapArgs)]
pub(crate) struct Invite {
    /// What the machine that joins may do here
    #[arg(long, value_name = "GRANT", default_value = "apply")]
    pub(crate) grant: GrantArg,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct Join {
    /// What `driftless invite` printed on the other machine; `-` reads it from standard input
    #[arg(value_name = "TOKEN")]
    pub(crate) token: String,
    /// What the other machine may do here
    #[arg(long, value_name = "GRANT", default_value = "apply")]
    pub(crate) grant: GrantArg,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct Peers {
    #[command(subcommand)]
    pub(crate) command: Option<PeersCommand>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum PeersCommand {
    /// List the peers
    List,
    /// Change what a peer may do here
    Grant {
        /// The peer
        name: String,
        /// What it may do
        grant: GrantArg,
    },
    /// Trust a peer no longer
    Remove {
        /// The peer
        name: String,
    },
}

#[derive(Debug, ClapArgs)]
pub(crate) struct Agent {
    #[command(subcommand)]
    pub(crate) command: Option<AgentCommand>,
    /// Address to listen on, instead of the configured one
    #[arg(long, value_name = "ADDR")]
    pub(crate) listen: Option<String>,
    /// Started by Windows' service manager
    #[arg(long, hide = true)]
    pub(crate) service: bool,
}

#[derive(Debug, Subcommand)]
pub(crate) enum AgentCommand {
    /// Start the agent with the session: a systemd user unit, or a Windows service
    Install,
    /// Undo `agent install`
    Uninstall,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct Demo {
    /// Leave everything running, and print how to talk to it
    #[arg(long)]
    pub(crate) keep: bool,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct Completions {
    /// The shell
    pub(crate) shell: clap_complete::Shell,
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    #[track_caller]
    fn check(line: &str, expected: Result<&str, clap::error::ErrorKind>) {
        let parsed = Args::try_parse_from(line.split(' ')).map(|args| format!("{:?}", args.command));
        match (parsed, expected) {
            (Ok(found), Ok(expected)) => assert_eq!(found, expected),
            (found, expected) => assert_eq!(found.map_err(|e| e.kind()), expected.map(str::to_owned)),
        }
    }

    #[test]
    fn commands_and_flags() {
        use clap::error::ErrorKind::{ArgumentConflict, MissingRequiredArgument, MissingSubcommand};
        Args::command().debug_assert();
        check("driftless sync --dry-run", Ok("Sync(Sync { dry_run: true })"));
        check("driftless history", Ok("History(History { command: None })"));
        check(
            "driftless peers grant pc-b pull",
            Ok("Peers(Peers { command: Some(Grant { name: \"pc-b\", grant: Pull }) })"),
        );
        check("driftless apply", Err(MissingRequiredArgument));
        assert!(
            Args::try_parse_from(["driftless", "diff", "--from", "postgres://a/b"]).is_ok(),
            "to what is configured"
        );
        check("driftless diff pc-b --from x --to y", Err(ArgumentConflict));
        check("driftless heal --pause --resume", Err(ArgumentConflict));
        check("driftless history mark-applied", Err(MissingRequiredArgument));
        check("driftless history mark-applied v1_a --all", Err(ArgumentConflict));
        check(
            "driftless history mark-applied v1_a v2_b",
            Ok("History(History { command: Some(MarkApplied { names: [\"v1_a\", \"v2_b\"], all: false }) })"),
        );
        check(
            "driftless fingerprint --owners --schemas a,b",
            Ok(
                "Fingerprint(Fingerprint { source: None, objects: false, look: Look { schemas: [\"a\", \"b\"], owners: true, \
                grants: false } })",
            ),
        );
        assert!(matches!(
            Args::try_parse_from(["driftless"]).map_err(|e| e.kind()),
            Err(MissingSubcommand | clap::error::ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand)
        ));
    }

    #[test]
    fn global_flags_may_follow_the_command() {
        let args = Args::try_parse_from(["driftless", "status", "--json", "--lang", "zh", "-vv"]).map(|a| a.global);
        let global = args.expect("every flag is known");
        assert!(global.json);
        assert_eq!((global.lang, global.verbose), (Some(Lang::Zh), 2));
    }
}
