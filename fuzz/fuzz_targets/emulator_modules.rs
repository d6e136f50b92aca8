// The modules of the emulator as they are, under the names by which they call each other.

use emulator::*;

#[path = "../../crates/msgraph-presence-emulator/src"]
mod emulator {
    pub mod access;
    pub mod admin;
    pub mod clock;
    pub mod encoding;
    pub mod error;
    pub mod expected;
    pub mod fault;
    pub mod generated;
    pub mod graph;
    pub mod identity;
    pub mod record;
    pub mod response;
    pub mod server;
    pub mod service;
    pub mod token;
    pub mod undocumented;
    pub mod user;

    pub use jiff::Timestamp;
    pub use msgraph_presence_models::Cloud;
    pub use generated::routes::Route;
    pub use service::session::Session;
    pub use undocumented::Undocumented;
    pub use user::User;

    pub mod program {
        mod users;

        /// Adds the users of a file, as the program does at its start.
        pub fn add(text: &str, service: &mut super::service::Service) -> Result<(), String> {
            let users = users::UsersFile::parse(text)?;
            users.add_to(service)?;
            service.start_with(users.with_sessions());
            Ok(())
        }
    }
}
