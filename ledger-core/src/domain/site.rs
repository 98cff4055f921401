//! The sites of a district (站点): one tree of street, community, grid, stations, call points and buildings.
//!
//! Kinds are data. Where a site lies on the map is one of its particulars, where somebody measured it. Where a site hangs, what it offers and until when it is open are told for every day. The tree is one
//! aggregate, because that it has no circle on any day is a rule over all of it.

pub mod command;
pub mod decide;
pub mod event;
pub mod location;
pub mod state;

#[cfg(test)]
mod tests;

pub use command::SiteCommand;
pub use event::SiteEvent;
pub use location::Location;
pub use state::Sites;
