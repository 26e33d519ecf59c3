//! The agent as a Windows service: installing it, removing it, and running it under the service manager.
//!
//! The service's command line is `driftless --config FILE agent --service`; it runs as LocalSystem, which can read the private
//! files (see `private_file`). What could go wrong: the service manager kills a service that does not report in time, so
//! that the state is told before anything slow is done.

use std::ffi::OsString;
use std::path::Path;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

use windows_service::service::{
    ServiceAccess, ServiceControl, ServiceControlAccept, ServiceErrorControl, ServiceExitCode, ServiceInfo,
    ServiceStartType, ServiceState, ServiceStatus, ServiceType,
};
use windows_service::service_control_handler::{self, ServiceControlHandlerResult};
use windows_service::service_dispatcher;
use windows_service::service_manager::{ServiceManager, ServiceManagerAccess};

/// The service's name.
pub const NAME: &str = "driftless";

/// Why the service could not be changed or run.
#[derive(Debug, thiserror::Error)]
pub enum ServiceError {
    /// The service manager refused.
    #[error("the service manager refused (is this an administrator's terminal?)")]
    Manager(#[from] windows_service::Error),
}

/// Installs the service and starts it.
pub fn install(program: &Path, root: &Path) -> Result<(), ServiceError> {
    let access = ServiceManagerAccess::CONNECT | ServiceManagerAccess::CREATE_SERVICE;
    let manager = ServiceManager::local_computer(None::<&str>, access)?;
    let config = root.join("driftless.toml").into_os_string();
    let info = ServiceInfo {
        name: OsString::from(NAME),
        display_name: OsString::from("driftless: keeps PostgreSQL schemas in step"),
        service_type: ServiceType::OWN_PROCESS,
        start_type: ServiceStartType::AutoStart,
        error_control: ServiceErrorControl::Normal,
        executable_path: program.to_owned(),
        launch_arguments: vec!["--config".into(), config, "agent".into(), "--service".into()],
        dependencies: vec![],
        account_name: None,
        account_password: None,
    };
    let service = manager.create_service(&info, ServiceAccess::START | ServiceAccess::CHANGE_CONFIG)?;
    service.set_description("Pulls and applies what trusted peers have applied, each script verified.")?;
    service.start::<&str>(&[])?;
    Ok(())
}

/// Stops the service and removes it.
pub fn uninstall() -> Result<(), ServiceError> {
    let manager = ServiceManager::local_computer(None::<&str>, ServiceManagerAccess::CONNECT)?;
    let access = ServiceAccess::QUERY_STATUS | ServiceAccess::STOP | ServiceAccess::DELETE;
    let service = manager.open_service(NAME, access)?;
    if service.query_status()?.current_state != ServiceState::Stopped {
        service.stop()?;
    }
    service.delete()?;
    Ok(())
}

/// What the service does: it runs until something is received, and ends with this code.
type Work = Box<dyn FnOnce(UnboundedReceiver<()>) -> u32 + Send>;

/// Handed from the program's main thread to the one that the service manager starts; nothing else can be given to it.
static WORK: Mutex<Option<Work>> = Mutex::new(None);

windows_service::define_windows_service!(service_main, serve);

/// Runs under the service manager, which started this process; returns when the service has stopped.
pub fn run(work: impl FnOnce(UnboundedReceiver<()>) -> u32 + Send + 'static) -> Result<(), ServiceError> {
    *WORK.lock().unwrap_or_else(PoisonError::into_inner) = Some(Box::new(work));
    service_dispatcher::start(NAME, service_main)?;
    Ok(())
}

fn serve(_arguments: Vec<OsString>) {
    if let Err(error) = try_serve() {
        tracing::error!("{}", super::chain(&error));
    }
}

fn try_serve() -> Result<(), ServiceError> {
    let (tell, stop) = unbounded_channel();
    let handle = service_control_handler::register(NAME, move |control| match control {
        ServiceControl::Stop | ServiceControl::Shutdown => {
            let _ = tell.send(());
            ServiceControlHandlerResult::NoError
        }
        ServiceControl::Interrogate => ServiceControlHandlerResult::NoError,
        _ => ServiceControlHandlerResult::NotImplemented,
    })?;
    handle.set_service_status(status(ServiceState::Running, 0))?;
    let work = WORK.lock().unwrap_or_else(PoisonError::into_inner).take();
    let code = work.map_or(1, |work| work(stop));
    handle.set_service_status(status(ServiceState::Stopped, code))?;
    Ok(())
}

fn status(state: ServiceState, code: u32) -> ServiceStatus {
    let accepted = if state == ServiceState::Running {
        ServiceControlAccept::STOP | ServiceControlAccept::SHUTDOWN
    } else {
        ServiceControlAccept::empty()
    };
    ServiceStatus {
        service_type: ServiceType::OWN_PROCESS,
        current_state: state,
        controls_accepted: accepted,
        exit_code: ServiceExitCode::Win32(code),
        checkpoint: 0,
        wait_hint: Duration::from_secs(20),
        process_id: None,
    }
}
