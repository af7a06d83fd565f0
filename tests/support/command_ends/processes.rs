//! The processes of this machine, as `/proc` shows them.
//! Source: [proc(5)](https://man7.org/linux/man-pages/man5/proc.5.html)

use std::fs;
use std::io;
use std::process::Command;

/// The living processes with this text in their environment.
///
/// # Errors
/// The processes cannot be listed.
pub fn marked(mark: &str) -> io::Result<Vec<u32>> {
    let is_marked = |id: &u32| {
        // Of a dead one it is empty; one that went away meanwhile has none.
        fs::read(format!("/proc/{id}/environ")).is_ok_and(|environment| {
            environment
                .windows(mark.len())
                .any(|part| part == mark.as_bytes())
        })
    };
    Ok(ids()?.into_iter().filter(is_marked).collect())
}

/// Ends, when it goes, whatever still has this text in its environment: a check that fails leaves
/// nothing behind.
#[derive(Debug)]
pub struct EndMarked(pub String);

impl Drop for EndMarked {
    fn drop(&mut self) {
        for id in marked(&self.0).unwrap_or_default() {
            let _status = Command::new("kill").args(["-9", &id.to_string()]).status();
        }
    }
}

/// The children of this process that are dead and were not waited for.
///
/// # Errors
/// The processes cannot be listed.
pub fn zombies() -> io::Result<Vec<u32>> {
    let own = std::process::id().to_string();
    let is_zombie = |id: &u32| {
        let stat = fs::read_to_string(format!("/proc/{id}/stat")).unwrap_or_default();
        // Behind the name, which may hold anything: the state, and the parent.
        let behind = stat.rsplit_once(") ").map_or("", |(_, behind)| behind);
        let mut fields = behind.split(' ');
        fields.next() == Some("Z") && fields.next() == Some(&own)
    };
    Ok(ids()?.into_iter().filter(is_zombie).collect())
}

fn ids() -> io::Result<Vec<u32>> {
    let entries = fs::read_dir("/proc")?;
    Ok(entries
        .filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok())
        .collect())
}
