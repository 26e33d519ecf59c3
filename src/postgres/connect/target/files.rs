//! The files that a target is put together from: service files and password files.

use std::path::{Path, PathBuf};

use super::super::pgpass::{self, Wanted};
use super::super::{ConnectError, parameters, service};
use super::{Given, Secret, Target, check_names};
use crate::private_file;
use crate::script::CanonicalText;

/// Reads a file that people write, whatever their editor made of it. `None`: it is not there.
fn read_text(file: &Path) -> Result<Option<String>, ConnectError> {
    let name = || file.display().to_string();
    match std::fs::read(file) {
        Ok(bytes) => match CanonicalText::decode(&bytes) {
            Ok(text) => Ok(Some(text.as_str().to_owned())),
            Err(error) => Err(ConnectError::parameter(name(), error.to_string(), "save it as UTF-8")),
        },
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => {
            Err(ConnectError::parameter(name(), format!("it cannot be read: {error}"), "correct its permissions"))
        }
    }
}

pub(super) fn read_service(given: &Given<'_>) -> Result<parameters::Parameters, ConnectError> {
    let Some(service) = given.find("service") else { return Ok(Vec::new()) };
    let own = given.find("servicefile").map(PathBuf::from).or_else(|| given.environment.servicefile.clone());
    let system = given.environment.variable("PGSYSCONFDIR").unwrap_or("/etc/postgresql-common");
    let files: Vec<PathBuf> = own.into_iter().chain([Path::new(system).join("pg_service.conf")]).collect();
    for file in &files {
        let Some(text) = read_text(file)? else { continue };
        let found = service::find(&text, service).map_err(|bad| {
            let place = format!("{}:{}", file.display(), bad.line);
            ConnectError::parameter(place, bad.problem, "write each line as parameter=value")
        })?;
        if let service::Found::Parameters(lines) = found {
            for (line, name, value) in &lines {
                let place = format!("{}:{line}", file.display());
                check_names(&[(name.clone(), value.clone())], Some(&place))?;
            }
            return Ok(lines.into_iter().map(|(_, name, value)| (name, value)).collect());
        }
    }
    let names: Vec<_> = files.iter().map(|file| file.display().to_string()).collect();
    Err(ConnectError::parameter(
        "service",
        format!("there is no service `{service}` in {}", names.join(" or ")),
        format!("add a section [{service}] there, or correct the name"),
    ))
}

pub(super) fn passwords(target: &mut Target, given: &Given<'_>) -> Result<(), ConnectError> {
    if let Some(password) = given.find("password") {
        for endpoint in &mut target.endpoints {
            endpoint.password = Some(Secret(password.to_owned()));
        }
        return Ok(());
    }
    let Some(file) = given.find("passfile").map(PathBuf::from).or_else(|| given.environment.passfile.clone()) else {
        return Ok(());
    };
    // as libpq: a password file that others can read is not used
    if let Ok(Some(_)) = private_file::readable_by_others(&file) {
        let mend = private_file::mend(&file);
        target.passfile_note = Some(format!("`{}` is not used because others can read it: {mend}", file.display()));
        return Ok(());
    }
    let Some(text) = read_text(&file)? else { return Ok(()) };
    for endpoint in &mut target.endpoints {
        let default_socket = given.environment.socket_folders.iter().any(|folder| folder == Path::new(&endpoint.host));
        // libpq looks for `localhost` where the socket is in the default folder
        let hosts: &[&str] = if default_socket { &["localhost", &endpoint.host] } else { &[&endpoint.host] };
        let wanted = Wanted { hosts, port: endpoint.port, database: &target.database, user: &target.user };
        endpoint.password = pgpass::find(&text, wanted).map(Secret);
    }
    Ok(())
}
