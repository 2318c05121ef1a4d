/* A disk that does not keep what it is told to keep: while the file named by FAILING_SYNC is there, fsync and fdatasync fail as they do when the device
   does. Each failure leaves one byte in that file, so that the test knows of it. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

static int fails(void) {
  const char *name = getenv("FAILING_SYNC");
  int file = name ? open(name, O_WRONLY | O_APPEND) : -1;
  if (file < 0) return 0;
  ssize_t noted = write(file, "x", 1);
  close(file);
  (void)noted;
  errno = EIO;
  return 1;
}

int fsync(int file) {
  if (fails()) return -1;
  return ((int (*)(int))dlsym(RTLD_NEXT, "fsync"))(file);
}

int fdatasync(int file) {
  if (fails()) return -1;
  return ((int (*)(int))dlsym(RTLD_NEXT, "fdatasync"))(file);
}
