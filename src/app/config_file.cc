#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <system_error>

#include "app/config.h"
#include "mailtool/base/printable.h"

namespace mailtool::app {
namespace {

std::string variable(const Environment& environment, std::string_view name) {
  return environment(name).value_or("");
}

struct Place {
  std::string path;    // empty: nowhere to look
  bool named = false;  // by the user, so that it must exist
};

// XDG Base Directory Specification: relative paths are ignored.
Place config_place(const OptionValues& command_line,
                   const Environment& environment) {
  if (const auto typed = command_line.get("config")) return {*typed, true};
  if (const auto set = variable(environment, "MAILTOOL_CONFIG"); !set.empty()) {
    return {set, true};
  }
  const auto xdg = variable(environment, "XDG_CONFIG_HOME");
  if (xdg.starts_with('/')) return {xdg + "/mailtool/config.toml", false};
  const auto home = variable(environment, "HOME");
  if (home.empty()) return {};
  return {home + "/.config/mailtool/config.toml", false};
}

class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  ~Descriptor() {
    if (number_ >= 0) ::close(number_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  [[nodiscard]] int number() const { return number_; }

 private:
  int number_;
};

Error unreadable(const std::string& path, const std::string& why) {
  return Error{ErrorKind::config, "cannot read the config file: " + why,
               printable(path)};
}

std::string last_error() { return std::generic_category().message(errno); }

Result<std::string> read_all(int descriptor, const std::string& path) {
  std::string text;
  std::array<char, 16384> piece;
  for (;;) {
    const auto got = ::read(descriptor, piece.data(), piece.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return unreadable(path, last_error());
    if (got == 0) return text;
    text.append(piece.data(), static_cast<std::size_t>(got));
    if (text.size() > kConfigOctets) {
      return unreadable(path, "it is larger than 1 MiB");
    }
  }
}

}  // namespace

Result<Config> load_config(const OptionValues& command_line,
                           const Environment& environment) {
  const auto place = config_place(command_line, environment);
  if (place.path.empty()) return Config{};
  const Descriptor file(::open(place.path.c_str(), O_RDONLY | O_CLOEXEC));
  if (file.number() < 0) {
    if (errno != ENOENT && errno != ENOTDIR) {
      return unreadable(place.path, last_error());
    }
    if (!place.named) return Config{};
    return Error{ErrorKind::no_input, "no such config file",
                 printable(place.path)};
  }
  struct stat status {};
  if (::fstat(file.number(), &status) != 0) {
    return unreadable(place.path, last_error());
  }
  const bool private_to_owner =
      !S_ISREG(status.st_mode) || (status.st_mode & 077) == 0;
  auto text = read_all(file.number(), place.path);
  if (!text) return std::move(text).error();
  return parse_config(*text, place.path, variable(environment, "HOME"),
                      private_to_owner);
}

}  // namespace mailtool::app
