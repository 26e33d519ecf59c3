//! TLS to the database with rustls: root certificates, client certificates, and what each sslmode verifies.
//!
//! Start at [`TlsMaker::new`]. The ring provider is named in every place, so that no process-wide default matters.
//! What could go wrong: a verifier that says yes too often. `allow` and `prefer` verify nothing, as in libpq: they defend
//! against listeners alone. `require` verifies the chain where a root certificate is at hand.

use std::future::Future;
use std::io;
use std::path::Path;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::client::{verify_server_cert_signed_by_trust_anchor, verify_server_name};
use rustls::crypto::CryptoProvider;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName, UnixTime};
use rustls::server::ParsedCertificate;
use rustls::{CertificateError, ClientConfig, DigitallySignedStruct, RootCertStore, SignatureScheme};
use sha2::{Digest as _, Sha256, Sha384, Sha512};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio_postgres::Socket;
use tokio_postgres::tls::{ChannelBinding, MakeTlsConnect, TlsConnect};

use super::ConnectError;
use super::target::{Ssl, SslMode};
use crate::private_file;

/// Makes TLS connections as the settings ask.
#[derive(Clone)]
pub(super) struct TlsMaker {
    config: Arc<ClientConfig>,
    /// Whether a server has taken it up.
    used: Arc<AtomicBool>,
}

impl TlsMaker {
    /// Reads the certificate files.
    pub(super) fn new(ssl: &Ssl) -> Result<Self, ConnectError> {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let roots = match (ssl.mode, &ssl.root) {
            (SslMode::Require | SslMode::VerifyCa | SslMode::VerifyFull, Some(file)) => Some(Roots::read(file)?),
            _ => None,
        };
        let check_name = ssl.mode == SslMode::VerifyFull;
        let verifier = Arc::new(Verifier { roots, check_name, provider: Arc::clone(&provider) });
        let versions: &[&rustls::SupportedProtocolVersion] =
            if ssl.only_tls13 { &[&rustls::version::TLS13] } else { rustls::ALL_VERSIONS };
        let wrong = |error: rustls::Error| ConnectError::parameter("sslcert", error.to_string(), CLIENT_MEND);
        let builder = ClientConfig::builder_with_provider(provider)
            .with_protocol_versions(versions)
            .map_err(wrong)?
            .dangerous()
            .with_custom_certificate_verifier(verifier);
        let mut config = match &ssl.client {
            Some((certificate, key)) => {
                let (chain, key) = (read_certificates("sslcert", certificate)?, read_key(key)?);
                builder.with_client_auth_cert(chain, key).map_err(wrong)?
            }
            None => builder.with_no_client_auth(),
        };
        config.enable_sni = ssl.send_name;
        if ssl.direct {
            config.alpn_protocols = vec![b"postgresql".to_vec()];
        }
        Ok(Self { config: Arc::new(config), used: Arc::default() })
    }

    /// Whether a connection that it was made for is encrypted: with `prefer` a server may have declined.
    pub(super) fn was_used(&self) -> bool {
        self.used.load(Ordering::Relaxed)
    }
}

const CLIENT_MEND: &str = "name the client certificate (PEM) in sslcert and its unencrypted key in sslkey";

fn read_certificates(parameter: &str, file: &Path) -> Result<Vec<CertificateDer<'static>>, ConnectError> {
    let wrong = |problem: String| {
        ConnectError::parameter(parameter, format!("`{}`: {problem}", file.display()), "name a readable PEM file")
    };
    let found = CertificateDer::pem_file_iter(file).and_then(Iterator::collect::<Result<Vec<_>, _>>);
    match found {
        Ok(certificates) if certificates.is_empty() => Err(wrong("it holds no certificate".into())),
        Ok(certificates) => Ok(certificates),
        Err(error) => Err(wrong(error.to_string())),
    }
}

fn read_key(file: &Path) -> Result<PrivateKeyDer<'static>, ConnectError> {
    if let Ok(Some(mode)) = private_file::readable_by_others(file) {
        let problem = format!("`{}` can be read by others (mode {mode:o})", file.display());
        return Err(ConnectError::parameter("sslkey", problem, private_file::mend(file)));
    }
    PrivateKeyDer::from_pem_file(file)
        .map_err(|error| ConnectError::parameter("sslkey", format!("`{}`: {error}", file.display()), CLIENT_MEND))
}

/// Certificates that are trusted to vouch for servers.
#[derive(Debug)]
struct Roots {
    store: RootCertStore,
    /// The same as given: servers often show a self-signed certificate that is itself the root.
    certificates: Vec<CertificateDer<'static>>,
}

impl Roots {
    fn read(file: &Path) -> Result<Self, ConnectError> {
        let system = file == Path::new("system");
        let certificates = if system {
            // some of the system's files may be unreadable; what was read still counts
            rustls_native_certs::load_native_certs().certs
        } else {
            read_certificates("sslrootcert", file)?
        };
        let mut store = RootCertStore::empty();
        let (added, _) = store.add_parsable_certificates(certificates.iter().cloned());
        if added == 0 {
            return Err(ConnectError::parameter(
                "sslrootcert",
                format!("`{}`: no usable certificate was found", file.display()),
                "name a PEM file with the certificate of the authority",
            ));
        }
        Ok(Self { store, certificates: if system { Vec::new() } else { certificates } })
    }
}

/// Verifies the chain where there are roots, and the name where it is asked for.
#[derive(Debug)]
struct Verifier {
    roots: Option<Roots>,
    check_name: bool,
    provider: Arc<CryptoProvider>,
}

impl ServerCertVerifier for Verifier {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        _ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        let Some(roots) = &self.roots else { return Ok(ServerCertVerified::assertion()) };
        let certificate = ParsedCertificate::try_from(end_entity)?;
        let algorithms = self.provider.signature_verification_algorithms.all;
        let chain =
            verify_server_cert_signed_by_trust_anchor(&certificate, &roots.store, intermediates, now, algorithms);
        match chain {
            Ok(()) => {}
            Err(error) if is_expired(&error) => return Err(error),
            // exactly the certificate that a person put there: nobody else has its key
            Err(_) if roots.certificates.iter().any(|root| root.as_ref() == end_entity.as_ref()) => {}
            Err(error) => return Err(error),
        }
        if self.check_name {
            verify_server_name(&certificate, server_name)?;
        }
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        rustls::crypto::verify_tls12_signature(message, certificate, signature, algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        rustls::crypto::verify_tls13_signature(message, certificate, signature, algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}

fn is_expired(error: &rustls::Error) -> bool {
    use CertificateError::{Expired, ExpiredContext, NotValidYet, NotValidYetContext, Revoked};
    matches!(
        error,
        rustls::Error::InvalidCertificate(
            Expired | ExpiredContext { .. } | NotValidYet | NotValidYetContext { .. } | Revoked
        )
    )
}

impl MakeTlsConnect<Socket> for TlsMaker {
    type Stream = TlsStream;
    type TlsConnect = Connector;
    type Error = rustls::pki_types::InvalidDnsNameError;

    fn make_tls_connect(&mut self, host: &str) -> Result<Connector, Self::Error> {
        let name = ServerName::try_from(host.to_owned())?;
        Ok(Connector { connector: Arc::clone(&self.config).into(), name, used: Arc::clone(&self.used) })
    }
}

/// Makes one TLS connection.
pub(super) struct Connector {
    connector: tokio_rustls::TlsConnector,
    name: ServerName<'static>,
    used: Arc<AtomicBool>,
}

impl TlsConnect<Socket> for Connector {
    type Stream = TlsStream;
    type Error = io::Error;
    type Future = Pin<Box<dyn Future<Output = io::Result<TlsStream>> + Send>>;

    fn connect(self, socket: Socket) -> Self::Future {
        Box::pin(async move {
            let inner = self.connector.connect(self.name, socket).await?;
            self.used.store(true, Ordering::Relaxed);
            Ok(TlsStream(Box::new(inner)))
        })
    }
}

/// A TLS connection that tells its channel binding, so that SCRAM notices somebody in the middle.
pub(super) struct TlsStream(Box<tokio_rustls::client::TlsStream<Socket>>);

impl tokio_postgres::tls::TlsStream for TlsStream {
    fn channel_binding(&self) -> ChannelBinding {
        let (_, session) = self.0.get_ref();
        let certificate = session.peer_certificates().and_then(|chain| chain.first());
        match certificate.and_then(|certificate| end_point(certificate)) {
            Some(hash) => ChannelBinding::tls_server_end_point(hash),
            None => ChannelBinding::none(),
        }
    }
}

impl AsyncRead for TlsStream {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut *self.0).poll_read(cx, buf)
    }
}

impl AsyncWrite for TlsStream {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut *self.0).poll_write(cx, buf)
    }
    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut *self.0).poll_flush(cx)
    }
    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut *self.0).poll_shutdown(cx)
    }
}

/// `tls-server-end-point` (RFC 5929): the certificate hashed as its signature was, SHA-256 instead of MD5 and SHA-1.
/// `None` where the signature has no such hash (Ed25519, RSASSA-PSS): binding is then not offered.
fn end_point(certificate: &[u8]) -> Option<Vec<u8>> {
    // DER bytes of the object identifiers
    const PKCS1: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01];
    const ECDSA_SHA2: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03];
    const ECDSA_SHA1: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x01];
    let (whole, _) = der_element(certificate, 0x30)?;
    let (_, after_contents) = der_element(whole, 0x30)?;
    let (algorithm, _) = der_element(after_contents, 0x30)?;
    let (identifier, _) = der_element(algorithm, 0x06)?;
    let (last, family) = identifier.split_last()?;
    let sha256 = || Some(Sha256::digest(certificate).to_vec());
    let sha384 = || Some(Sha384::digest(certificate).to_vec());
    let sha512 = || Some(Sha512::digest(certificate).to_vec());
    match (family, last) {
        _ if identifier == ECDSA_SHA1 => sha256(),
        (PKCS1, 4 | 5 | 11) | (ECDSA_SHA2, 2) => sha256(),
        (PKCS1, 12) | (ECDSA_SHA2, 3) => sha384(),
        (PKCS1, 13) | (ECDSA_SHA2, 4) => sha512(),
        _ => None,
    }
}

/// The contents of the DER element of this tag at the front, and what follows it.
fn der_element(bytes: &[u8], tag: u8) -> Option<(&[u8], &[u8])> {
    let (&found, rest) = bytes.split_first()?;
    let (&first, rest) = rest.split_first()?;
    let (length, rest) = match first {
        0..=0x7f => (usize::from(first), rest),
        0x81..=0x83 => {
            let (digits, rest) = rest.split_at_checked(usize::from(first & 0x7f))?;
            (digits.iter().fold(0, |length, digit| length << 8 | usize::from(*digit)), rest)
        }
        _ => return None,
    };
    if found != tag { None } else { rest.split_at_checked(length) }
}
