#include "app/imap_get_partial.h"

#include <dirent.h>
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include "mailtool/base/ascii.h"

namespace mailtool::app {
namespace {

constexpr std::string_view kSuffix = ".part";

std::string prefix_of(const std::string& name) { return "." + name + "."; }

}  // namespace

PartialMessages::PartialMessages(const DownloadFolder& folder)
    : folder_(folder) {
  const int copy =
      ::openat(folder.descriptor(), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  DIR* const entries = copy < 0 ? nullptr : ::fdopendir(copy);
  if (entries == nullptr) {
    if (copy >= 0) ::close(copy);
    return;
  }
  while (const auto* entry = ::readdir(entries)) {
    const std::string name = entry->d_name;
    if (!name.starts_with('.') || !name.ends_with(kSuffix)) continue;
    if (const auto size = folder.size_of(name)) found_[name] = *size;
  }
  ::closedir(entries);
}

std::optional<PartialMessage> PartialMessages::find(const std::string& name,
                                                    std::uint32_t uidvalidity) {
  const auto prefix = prefix_of(name);
  std::optional<PartialMessage> fit;
  for (auto at = found_.lower_bound(prefix);
       at != found_.end() && at->first.starts_with(prefix);) {
    auto numbers = std::string_view(at->first).substr(prefix.size());
    numbers.remove_suffix(std::min(numbers.size(), kSuffix.size()));
    const auto dash = numbers.find('-');
    const auto validity = parse_number(numbers.substr(0, dash), UINT32_MAX);
    const auto size = dash == numbers.npos
                          ? std::nullopt
                          : parse_number(numbers.substr(dash + 1), UINT32_MAX);
    // Names of other messages may begin alike, but not go on with this.
    if (!validity || !size) {
      ++at;
      continue;
    }
    // At least one octet is asked for: with it comes what the message is.
    const auto have = std::min(at->second, *size > 0 ? *size - 1 : 0);
    PartialMessage partial(at->first, *size, have);
    if (*validity == uidvalidity && have > 0 && !fit) {
      fit = std::move(partial);
    } else {
      remove(partial);
    }
    at = found_.erase(at);
  }
  return fit;
}

PartialMessage PartialMessages::begin(const std::string& name,
                                      std::uint32_t uidvalidity,
                                      std::uint64_t size) {
  return {prefix_of(name) + std::to_string(uidvalidity) + "-" +
              std::to_string(size) + std::string(kSuffix),
          size, 0};
}

Result<PartialMessages::Writer> PartialMessages::open(
    const PartialMessage& partial) const {
  store::Descriptor file(
      store::sys_open(folder_.descriptor(), partial.name_.c_str(),
                      O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW, 0600));
  if (!file.valid() ||
      store::sys_truncate(file.get(), static_cast<off_t>(partial.have_)) != 0) {
    return store::system_error("create", folder_.path_of(partial.name_), errno,
                               ErrorKind::cannot_create);
  }
  return Writer(std::move(file));
}

Result<void> PartialMessages::Writer::write(std::string_view octets) {
  if (store::sys_write_all(file_.get(), octets)) return {};
  return store::system_error("write", "a part of a message", errno);
}

Result<void> PartialMessages::copy(const PartialMessage& partial,
                                   Sink& to) const {
  const auto failed = [&] {
    return store::system_error("read", folder_.path_of(partial.name_), errno);
  };
  const store::Descriptor file(::openat(folder_.descriptor(),
                                        partial.name_.c_str(),
                                        O_RDONLY | O_NOFOLLOW | O_CLOEXEC));
  if (!file.valid()) return failed();
  std::array<char, 64 * 1024> buffer;
  while (true) {
    const auto count = ::read(file.get(), buffer.data(), buffer.size());
    if (count == 0) return {};
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return failed();
    auto wrote = to.write({buffer.data(), static_cast<std::size_t>(count)});
    if (!wrote) return wrote;
  }
}

void PartialMessages::remove(const PartialMessage& partial) const {
  (void)store::sys_unlink(folder_.descriptor(), partial.name_.c_str());
}

}  // namespace mailtool::app
