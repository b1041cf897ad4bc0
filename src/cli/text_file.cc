#include "cli/text_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <string>
#include <utility>

#include "app/sender_identity.h"

namespace mailtool::cli {
namespace {

Error failed(std::string_view what) {
  return Error{ErrorKind::local_io, std::strerror(errno), std::string(what)};
}

}  // namespace

Result<TextFile> TextFile::make() {
  auto name = app::temporary_folder() + "/mailtool-XXXXXX";
  const int descriptor = ::mkostemp(name.data(), O_CLOEXEC);
  if (descriptor < 0) {
    return Error{ErrorKind::cannot_create, std::strerror(errno),
                 app::temporary_folder()};
  }
  (void)::unlink(name.c_str());
  return TextFile(descriptor);
}

TextFile::TextFile(TextFile&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)),
      octets_(other.octets_) {}

TextFile::~TextFile() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

Result<void> TextFile::write(std::string_view octets) {
  octets_ += octets.size();
  while (!octets.empty()) {
    const auto count = ::write(descriptor_, octets.data(), octets.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return failed("cannot write a temporary file");
    octets.remove_prefix(static_cast<std::size_t>(count));
  }
  return {};
}

Result<void> TextFile::become_stdin() {
  if (::lseek(descriptor_, 0, SEEK_SET) != 0 ||
      ::dup2(descriptor_, STDIN_FILENO) != STDIN_FILENO) {
    return failed("cannot read a temporary file");
  }
  return {};
}

}  // namespace mailtool::cli
