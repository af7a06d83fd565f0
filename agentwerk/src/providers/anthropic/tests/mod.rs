mod cache;
mod decode;
mod encode;
