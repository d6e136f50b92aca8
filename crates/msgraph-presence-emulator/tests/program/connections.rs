//! A thousand connections at once, to a program of its own.

use crate::running::{PATIENCE, Running};
use std::io::{Read, Write};
use std::net::TcpStream;

#[test]
fn a_thousand_connections_at_once_are_answered() {
    let running = Running::start(&["--quiet"]);
    let address = running.lines[0].split("http://").nth(1).unwrap();
    let address = address.split('/').next().unwrap();
    let request = "GET /v1.0/me/presence HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer Ada";
    let request = format!("{request}\r\nConnection: close\r\n\r\n");
    // A system may allow a process fewer files than that.
    let connect = |_| {
        let connection = TcpStream::connect(address).ok()?;
        connection.set_read_timeout(Some(PATIENCE)).ok()?;
        Some(connection)
    };
    let mut connections: Vec<_> = (0..1000).map_while(connect).collect();
    assert!(connections.len() >= 200, "only {}", connections.len());
    for connection in &mut connections {
        connection.write_all(request.as_bytes()).unwrap();
    }
    for connection in &mut connections {
        let mut response = String::new();
        connection.read_to_string(&mut response).unwrap();
        assert!(response.starts_with("HTTP/1.1 200 OK"), "{response}");
    }
}
