//! The machine's own key and certificate: made once, never overwritten, checked whenever they are loaded.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::sign::CertifiedKey;

use crate::hash::PeerId;
use crate::private_file::{self, Exposure};

/// Why there is no usable identity.
#[derive(Debug, thiserror::Error)]
pub enum IdentityError {
    /// Nothing was made yet.
    #[error("there is no identity in `{}`; make one with `driftless init`", .0.display())]
    Missing(PathBuf),
    /// Only one of the two files is there.
    #[error("`{}` is missing beside its other half; restore it, or move the other away and run `driftless init`", .0.display())]
    HalfMissing(PathBuf),
    /// Others than the owner can read the key.
    #[error("the private key `{}` can be read by others ({how}); mend: {}", .path.display(), .how.mend(.path))]
    KeyReadable {
        /// The key file.
        path: PathBuf,
        /// How.
        how: Exposure,
    },
    /// A file could not be read.
    #[error("failed to read `{}`", .path.display())]
    Read {
        /// Which.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// A file could not be written.
    #[error("failed to write `{}`", .path.display())]
    Write {
        /// Which.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// A file holds something else than expected.
    #[error("`{}` holds no usable {what}", .path.display())]
    Unusable {
        /// Which.
        path: PathBuf,
        /// What should be in it.
        what: &'static str,
    },
    /// Key and certificate do not belong together.
    #[error("the key and the certificate in `{}` do not belong together", .0.display())]
    Mismatch(PathBuf),
    /// The key could not be made.
    #[error("failed to make a key and a certificate")]
    Generate(#[source] rcgen::Error),
}

/// This machine's key and certificate, loaded. `Debug` shows the public part alone.
#[derive(Clone)]
pub struct Identity {
    id: PeerId,
    certified: Arc<CertifiedKey>,
}

impl std::fmt::Debug for Identity {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Identity").field("id", &self.id).finish_non_exhaustive()
    }
}

/// Who the holder of a certificate is.
pub fn certificate_id(certificate: &CertificateDer<'_>) -> PeerId {
    PeerId::of(certificate)
}

impl Identity {
    /// Makes an identity in this folder if there is none; an existing one is loaded and left as it is.
    pub fn init(dir: &Path) -> Result<Self, IdentityError> {
        match Self::load(dir) {
            Err(IdentityError::Missing(_)) => Self::generate(dir),
            loaded => loaded,
        }
    }

    fn generate(dir: &Path) -> Result<Self, IdentityError> {
        let key = rcgen::KeyPair::generate().map_err(IdentityError::Generate)?;
        // Not an authority, by rcgen's default. The name is for libraries that insist on one; nobody of ours looks at it.
        let mut params = rcgen::CertificateParams::new([HOST_NAME.to_owned()]).map_err(IdentityError::Generate)?;
        params.distinguished_name.push(rcgen::DnType::CommonName, HOST_NAME);
        let certificate = params.self_signed(&key).map_err(IdentityError::Generate)?;
        make_private_dir(dir)?;
        // The certificate last: a run that was stopped between the two is told apart from a lost file by the key's presence.
        write_new_private(&dir.join(KEY_FILE), key.serialize_pem().as_bytes())?;
        write_new_private(&dir.join(CERT_FILE), certificate.pem().as_bytes())?;
        Self::load(dir)
    }

    /// Loads and checks the identity.
    pub fn load(dir: &Path) -> Result<Self, IdentityError> {
        let (key_path, cert_path) = (dir.join(KEY_FILE), dir.join(CERT_FILE));
        match (key_path.exists(), cert_path.exists()) {
            (false, false) => return Err(IdentityError::Missing(dir.to_owned())),
            (false, true) => return Err(IdentityError::HalfMissing(key_path)),
            (true, false) => return Err(IdentityError::HalfMissing(cert_path)),
            (true, true) => {}
        }
        check_private(&key_path)?;
        let key = PrivateKeyDer::from_pem_slice(&read(&key_path)?)
            .map_err(|_| IdentityError::Unusable { path: key_path.clone(), what: "private key" })?;
        let certificate = CertificateDer::from_pem_slice(&read(&cert_path)?)
            .map_err(|_| IdentityError::Unusable { path: cert_path.clone(), what: "certificate" })?;
        let signing = rustls::crypto::ring::sign::any_ecdsa_type(&key)
            .map_err(|_| IdentityError::Unusable { path: key_path, what: "ECDSA key" })?;
        let id = certificate_id(&certificate);
        let certified = CertifiedKey::new(vec![certificate], signing);
        certified.keys_match().map_err(|_| IdentityError::Mismatch(dir.to_owned()))?;
        Ok(Self { id, certified: Arc::new(certified) })
    }

    /// Who this machine is.
    pub fn id(&self) -> PeerId {
        self.id
    }

    /// The certificate and its key, for the TLS configurations.
    pub(super) fn certified(&self) -> Arc<CertifiedKey> {
        Arc::clone(&self.certified)
    }
}

/// The name in every certificate.
pub(super) const HOST_NAME: &str = "driftless";
const KEY_FILE: &str = "key.pem";
const CERT_FILE: &str = "cert.pem";

fn read(path: &Path) -> Result<Vec<u8>, IdentityError> {
    fs::read(path).map_err(|source| IdentityError::Read { path: path.to_owned(), source })
}

fn check_private(path: &Path) -> Result<(), IdentityError> {
    match private_file::exposure(path) {
        Ok(None) => Ok(()),
        Ok(Some(how)) => Err(IdentityError::KeyReadable { path: path.to_owned(), how }),
        Err(source) => Err(IdentityError::Read { path: path.to_owned(), source }),
    }
}

fn make_private_dir(dir: &Path) -> Result<(), IdentityError> {
    create_private_dir(dir).map_err(|source| IdentityError::Write { path: dir.to_owned(), source })
}

fn write_new_private(path: &Path, content: &[u8]) -> Result<(), IdentityError> {
    private_file::create(path, content).map_err(|source| IdentityError::Write { path: path.to_owned(), source })
}

/// Makes a folder, with its parents, that its owner alone can look into.
pub(super) fn create_private_dir(dir: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(dir)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn init_twice_keeps_the_key() {
        let dir = tempfile::tempdir().expect("a folder");
        let certs = dir.path().join("证书");
        let first = Identity::init(&certs).expect("made");
        let second = Identity::init(&certs).expect("loaded");
        assert_eq!(first.id(), second.id());
        assert!(!format!("{first:?}").contains("key"));
    }

    #[cfg(unix)]
    #[test]
    fn a_key_that_others_can_read_is_refused_with_its_mend() {
        use std::os::unix::fs::PermissionsExt as _;
        let dir = tempfile::tempdir().expect("a folder");
        Identity::init(dir.path()).expect("made");
        let key = dir.path().join(KEY_FILE);
        assert_eq!(fs::metadata(&key).expect("there").permissions().mode() & 0o777, 0o600);
        fs::set_permissions(&key, fs::Permissions::from_mode(0o640)).expect("changed");
        let error = Identity::load(dir.path()).expect_err("refused").to_string();
        assert!(error.contains("mode 640") && error.contains("chmod 600"), "{error}");
    }

    #[test]
    fn halves_and_strangers_are_refused() {
        let (a, b) = (tempfile::tempdir().expect("a folder"), tempfile::tempdir().expect("a folder"));
        assert!(matches!(Identity::load(a.path()), Err(IdentityError::Missing(_))));
        Identity::init(a.path()).expect("made");
        Identity::init(b.path()).expect("made");
        fs::copy(b.path().join(CERT_FILE), a.path().join(CERT_FILE)).expect("copied");
        assert!(matches!(Identity::load(a.path()), Err(IdentityError::Mismatch(_))));
        fs::write(a.path().join(CERT_FILE), "not a certificate").expect("written");
        assert!(matches!(Identity::load(a.path()), Err(IdentityError::Unusable { .. })));
        fs::remove_file(a.path().join(CERT_FILE)).expect("removed");
        assert!(matches!(Identity::load(a.path()), Err(IdentityError::HalfMissing(_))));
        assert!(matches!(Identity::init(a.path()), Err(IdentityError::HalfMissing(_))));
    }
}
