//! A disk that can be full: a small file system in memory, mounted in a scratch directory.

use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::guard::scratch_dir;

/// One write of the ballast.
const CHUNK: usize = 64 << 10;

/// A mounted file system of a fixed size. Dropping it unmounts it.
pub struct SmallDisk {
    path: PathBuf,
}

impl SmallDisk {
    /// Mounts one of so many MiB.
    ///
    /// # Errors
    /// Why this machine does not allow it.
    pub fn mount(mebibytes: u32) -> Result<SmallDisk, String> {
        let path = scratch_dir("disk");
        let options = format!("size={mebibytes}m,mode=755");
        let mut mount = Command::new("mount");
        let output = mount.args(["-t", "tmpfs", "-o", &options, "nuanxin-tests"]).arg(&path).output();
        match output {
            Ok(output) if output.status.success() => Ok(SmallDisk { path }),
            Ok(output) => Err(String::from_utf8_lossy(&output.stderr).trim().to_owned()),
            Err(error) => Err(format!("`mount` does not start: {error}")),
        }
    }

    /// Where it is mounted.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Takes all the space there is.
    pub fn fill(&self) {
        let mut ballast = File::options().create(true).append(true).open(self.ballast()).expect("a file can be made");
        let mut size = CHUNK;
        while size > 0 {
            match ballast.write(&vec![0; size]) {
                Ok(1..) => {}
                Ok(0) | Err(_) => size /= 2,
            }
        }
    }

    /// Gives the space back.
    pub fn free(&self) {
        // Emptied first: a child that another test is just starting holds the file until it runs its own program, and a
        // file that is only unlinked keeps its space as long.
        File::options().write(true).truncate(true).open(self.ballast()).expect("the disk was filled");
        fs::remove_file(self.ballast()).expect("the disk was filled");
    }

    fn ballast(&self) -> PathBuf {
        self.path.join("ballast")
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        // Lazily: a process that still holds a file there keeps it until it ends.
        let _ = Command::new("umount").arg("-l").arg(&self.path).output();
    }
}

#[cfg(test)]
mod tests {
    use super::SmallDisk;
    use crate::means::cannot;

    #[test]
    fn a_disk_is_full_until_it_is_freed_and_gone_when_dropped() {
        let disk = match SmallDisk::mount(2) {
            Ok(disk) => disk,
            Err(why) => return cannot("a small disk", &why),
        };
        let file = disk.path().join("file");
        disk.fill();
        let full = std::fs::write(&file, [1; 4096]).expect_err("nothing fits");
        assert_eq!(full.kind(), std::io::ErrorKind::StorageFull);
        disk.free();
        std::fs::write(&file, [1; 4096]).expect("there is space again");
        let path = disk.path().to_owned();
        drop(disk);
        assert!(path.is_dir() && !file.exists());
    }
}
