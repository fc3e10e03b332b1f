//! The index as its users meet it: real directories, the public interface only.

mod fixture;
mod relevance;
