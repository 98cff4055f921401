//! A service request (需求): a wish (微心愿), an order (派单), a hazard (隐患) or an errand (捎带), who took it on, and what
//! was said of the work.

pub mod command;
pub mod decide;
pub mod event;
pub mod state;

#[cfg(test)]
mod tests;

pub use command::RequestCommand;
pub use event::RequestEvent;
pub use state::ServiceRequest;
