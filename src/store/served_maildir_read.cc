// Messages of a ServedMaildir as they are read.

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "mailtool/store/served_maildir.h"
#include "store/crlf_source.h"
#include "store/message_source.h"
#include "store/system.h"

namespace mailtool::store {

// Nobody is to write to a file that is there, nor to lie in its name, but some do:
// whoever reads it must be told first how much will come.
Result<void> ServedMaildir::measure(std::uint32_t uid, int file) {
  const auto* known = find(uid);
  if (known == nullptr) return {};
  auto& message = messages_[static_cast<std::size_t>(known - messages_.data())];
  struct stat status {};
  if (::fstat(file, &status) != 0) {
    return system_error("read", path_of(message), errno);
  }
  auto octets = static_cast<std::uint64_t>(status.st_size);
  if (message.converted) {
    if (octets == message.file_octets) return {};
    const auto counted = octets_with_crlf(file);
    if (!counted) return counted.error();
    if (::lseek(file, 0, SEEK_SET) != 0) {
      return system_error("read", path_of(message), errno);
    }
    message.file_octets = octets;
    octets = *counted;
  }
  if (octets == message.octets) return {};
  message.octets = octets;
  message.modseq = new_modseq();
  return {};
}

Result<std::unique_ptr<SeekableSource>> ServedMaildir::read(
    const ServedMessage& message) {
  const Error gone{ErrorKind::no_such_item, "gone", path_of(message)};
  if (!files_) return gone;
  auto file = open_regular("open", message.name, O_RDONLY, ErrorKind::local_io,
                           files_->folder(message.in_new));
  if (!file) return std::move(file).error();
  if (!file->valid()) return gone;
  if (auto measured = measure(message.uid, file->get()); !measured) {
    return std::move(measured).error();
  }
  std::unique_ptr<SeekableSource> source =
      std::make_unique<OwnedMessageSource>(*std::move(file));
  if (!message.converted) return source;
  return std::unique_ptr<SeekableSource>(new CrlfSource(std::move(source)));
}

}  // namespace mailtool::store
