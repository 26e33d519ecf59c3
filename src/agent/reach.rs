//! How a peer is reached: at the first of its addresses that answers, or else through a tunnel that it has offered because it
//! called us. So two machines converge where only one of them accepts connections.
//!
//! What could go wrong: a peer that moved to another address (taken from where it calls), a firewall that swallows what is sent to it
//! (a tunnel is not kept waiting for it), a command beside the agent (it asks the agent to be put through).

use std::net::{IpAddr, SocketAddr, UdpSocket};
use std::time::Duration;

use tokio::time::timeout;

use crate::identity::{TrustError, TrustedPeer};
use crate::peer::{PeerClient, PeerError, Timeouts};

use super::Machine;

/// How long a peer is dialled before a tunnel of it is tried beside.
const PATIENCE: Duration = Duration::from_millis(500);
/// Addresses that are remembered of one peer.
const REMEMBERED: usize = 8;

/// Which way the link to a peer goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// It was dialled here.
    Dialled(SocketAddr),
    /// It cannot be dialled; it is asked through the connection that it made itself.
    ItsCall,
}

impl Way {
    /// Of a client.
    pub fn of(client: &PeerClient) -> Self {
        client.remote().map_or(Self::ItsCall, Self::Dialled)
    }
}

impl Machine {
    /// A peer's addresses: those of the local file first, then those learned by pairing and from its calls.
    pub fn addresses(&self, peer: &str) -> Vec<String> {
        let configured = self.config.peers.iter().filter(|known| known.name == peer);
        let mut addresses: Vec<String> = configured.flat_map(|known| known.addresses.clone()).collect();
        for address in self.trust.peer_named(peer).map(|peer| peer.addresses).unwrap_or_default() {
            if !addresses.contains(&address) {
                addresses.push(address);
            }
        }
        addresses
    }

    /// Where this machine can be dialled, as far as it can tell: the address it listens on, or, where it listens on all, the
    /// one that its route to the outside has.
    pub fn own_addresses(&self, port: Option<u16>) -> Vec<String> {
        let listen = &self.config.listen;
        let Ok(socket) = listen.parse::<SocketAddr>() else { return vec![listen.clone()] };
        let port = port.unwrap_or(socket.port());
        let ips = if socket.ip().is_unspecified() { routed_addresses() } else { vec![socket.ip()] };
        ips.into_iter().map(|ip| SocketAddr::new(ip, port).to_string()).collect()
    }

    /// Connects to a peer, one way or the other.
    pub async fn dial(&self, peer: &str) -> Result<PeerClient, PeerError> {
        let untrusted = |why: &str| PeerError::Untrusted { peer: peer.to_owned(), why: why.to_owned() };
        let identity = self.identity.as_ref().ok_or_else(|| untrusted("this machine has no identity yet"))?;
        let known = self.trust.peer_named(peer).ok_or_else(|| untrusted("it was never paired, or was removed"))?;
        let addresses = self.addresses(peer);
        let direct = PeerClient::connect(identity, peer, known.certificate, &addresses, Timeouts::default());
        tokio::pin!(direct);
        let late = match timeout(PATIENCE, &mut direct).await {
            Ok(Err(error @ PeerError::Unreachable { .. })) => Some(error),
            Ok(settled) => return settled,
            Err(_) => None,
        };
        if let Some(client) = self.through(&known).await {
            return Ok(client);
        }
        match late {
            Some(error) => Err(error),
            None => direct.await,
        }
    }

    /// Through a tunnel that the peer offered: to this process, or to the agent that runs beside it.
    async fn through(&self, peer: &TrustedPeer) -> Option<PeerClient> {
        let (name, id, timeouts) = (&peer.name, peer.certificate, Timeouts::default());
        if let Some(tunnel) = self.tunnels.take(id) {
            return PeerClient::through(tunnel, name, id, timeouts).await.ok();
        }
        if self.is_agent() {
            return None;
        }
        let agent = self.own_agent()?;
        PeerClient::through_own_agent(self.identity.as_ref()?, &agent, name, id, timeouts).await.ok()
    }

    /// Where the agent of this machine listens, as seen from this machine.
    fn own_agent(&self) -> Option<Vec<String>> {
        let Ok(socket) = self.config.listen.parse::<SocketAddr>() else {
            return Some(vec![self.config.listen.clone()]);
        };
        let ip = match socket.ip() {
            IpAddr::V4(ip) if ip.is_unspecified() => IpAddr::from([127, 0, 0, 1]),
            IpAddr::V6(ip) if ip.is_unspecified() => IpAddr::V6(std::net::Ipv6Addr::LOCALHOST),
            ip => ip,
        };
        (socket.port() != 0).then(|| vec![SocketAddr::new(ip, socket.port()).to_string()])
    }

    /// A known peer calls from here: with the port that it is known to listen on, that is where it can be found from now on.
    pub fn called_from(&self, peer: &TrustedPeer, remote: IpAddr) -> Result<(), TrustError> {
        match with_caller(&peer.addresses, remote) {
            Some(addresses) => self.trust.set_addresses(&peer.name, addresses).map(|_| ()),
            None => Ok(()),
        }
    }
}

/// The addresses with the one that the caller has now in front; `None` where they know it, or no port of it is known.
fn with_caller(known: &[String], remote: IpAddr) -> Option<Vec<String>> {
    let remote = remote.to_canonical();
    let parsed = |address: &String| address.parse::<SocketAddr>().ok();
    if known.iter().filter_map(parsed).any(|address| address.ip().to_canonical() == remote) {
        return None;
    }
    let port = known.iter().find_map(|address| address.rsplit_once(':')?.1.parse::<u16>().ok())?;
    let here = SocketAddr::new(remote, port).to_string();
    Some([here].into_iter().chain(known.iter().cloned()).take(REMEMBERED).collect())
}

/// The addresses that this machine's routes to the outside start from. Connecting a UDP socket sends nothing.
fn routed_addresses() -> Vec<IpAddr> {
    let route = |from: &str, to: &str| {
        let socket = UdpSocket::bind(from).ok()?;
        socket.connect(to).ok()?;
        Some(socket.local_addr().ok()?.ip()).filter(|ip| !ip.is_unspecified())
    };
    // Addresses kept for documentation (RFC 5737, RFC 3849): every route that leads outside leads there.
    let found = [route("0.0.0.0:0", "192.0.2.1:9"), route("[::]:0", "[2001:db8::1]:9")];
    let found: Vec<IpAddr> = found.into_iter().flatten().collect();
    if found.is_empty() { vec![IpAddr::from([127, 0, 0, 1])] } else { found }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(known: &[&str], remote: &str, expected: Option<&[&str]>) {
        let known: Vec<String> = known.iter().map(|&address| address.to_owned()).collect();
        let found = with_caller(&known, remote.parse().expect("an address"));
        let found: Option<Vec<&str>> = found.as_ref().map(|found| found.iter().map(String::as_str).collect());
        assert_eq!(found.as_deref(), expected);
    }

    #[test]
    fn a_caller_is_found_where_it_calls_from() {
        check(&["192.168.1.2:7432"], "192.168.1.2", None);
        check(&["192.168.1.2:7432"], "::ffff:192.168.1.2", None);
        check(&["192.168.1.2:7432"], "192.168.1.9", Some(&["192.168.1.9:7432", "192.168.1.2:7432"]));
        check(&["pc-b.local:7000"], "fd00::9", Some(&["[fd00::9]:7000", "pc-b.local:7000"]));
        check(&[], "192.168.1.9", None);
        let many: Vec<String> = (1..=8).map(|n| format!("10.0.0.{n}:1")).collect();
        let many: Vec<&str> = many.iter().map(String::as_str).collect();
        let mut expected = vec!["10.0.0.9:1"];
        expected.extend(&many[..7]);
        check(&many, "10.0.0.9", Some(&expected));
    }
}
