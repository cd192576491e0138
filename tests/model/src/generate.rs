//! Contracts and steps out of a seed.

pub mod contracts;
pub mod dice;
pub mod steps;

pub use contracts::contract;
pub use dice::Dice;
pub use steps::Player;
