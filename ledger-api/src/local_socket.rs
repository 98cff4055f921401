//! Commands from this machine to the server that has the journal: a Unix socket beside a SQLite journal.
//!
//! A SQLite journal has one writing process. While that is a server, `import` and `token` give it their commands here.
//! Whoever may open the socket (mode 0600: the user that runs the server, and root) may open the journal's file as well,
//! so nothing more is asked of them. On Postgres any number of processes write, and there is no socket.
//!
//! The client speaks first with a question, the server answers it, and so on; the next question waits for the answer, so
//! that a client is never faster than the journal. A client that goes away takes nothing back.
//!
//! Reading order: [`place`] (the file), [`message`] (what is said), [`serve`], [`client`].

mod client;
mod message;
mod place;
mod serve;
#[cfg(test)]
mod tests;

pub use client::{AskError, Client};
pub use place::{Socket, socket_path};
pub use serve::serve;
