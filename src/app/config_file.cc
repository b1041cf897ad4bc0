#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <system_error>

#include "app/config.h"
#include "mailtool/base/ascii.h"
#include "mailtool/base/printable.h"

namespace mailtool::app {
namespace {

constexpr std::string_view kFile = "/mailtool/config.toml";
constexpr std::string_view kSystemFolder = "/etc/xdg";
constexpr std::size_t kMaxPlaces = 100;

std::string variable(const Environment& environment, std::string_view name) {
  return environment(name).value_or("");
}

struct Place {
  std::string path;
  bool named = false;  // by the user, so that it must exist
};

// Where the file may be, the strongest place first: the first that has one is
// read. XDG Base Directory Specification: relative paths are ignored.
std::vector<Place> config_places(const OptionValues& command_line,
                                 const Environment& environment) {
  if (const auto typed = command_line.get("config")) return {{*typed, true}};
  if (const auto set = variable(environment, "MAILTOOL_CONFIG"); !set.empty()) {
    return {{set, true}};
  }
  std::vector<Place> places;
  const auto add = [&](const std::string& folder) {
    if (folder.starts_with('/') && places.size() < kMaxPlaces)
      places.push_back({folder + std::string(kFile), false});
  };
  const auto xdg = variable(environment, "XDG_CONFIG_HOME");
  const auto home = variable(environment, "HOME");
  add(!xdg.starts_with('/') && !home.empty() ? home + "/.config" : xdg);
  auto system = variable(environment, "XDG_CONFIG_DIRS");
  if (system.empty()) system = kSystemFolder;
  for (const auto folder : split(system, ':')) add(std::string(folder));
  return places;
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

Result<Config> read_config(const Descriptor& file, const std::string& path,
                           std::string_view home) {
  struct stat status {};
  if (::fstat(file.number(), &status) != 0) {
    return unreadable(path, last_error());
  }
  const bool private_to_owner =
      !S_ISREG(status.st_mode) || (status.st_mode & 077) == 0;
  auto text = read_all(file.number(), path);
  if (!text) return std::move(text).error();
  return parse_config(*text, path, home, private_to_owner);
}

}  // namespace

Result<Config> load_config(const OptionValues& command_line,
                           const Environment& environment) {
  for (const auto& [path, named] : config_places(command_line, environment)) {
    const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (file.number() >= 0)
      return read_config(file, path, variable(environment, "HOME"));
    const bool absent = errno == ENOENT || errno == ENOTDIR;
    if (!absent) return unreadable(path, last_error());
    if (named) {
      return Error{ErrorKind::no_input, "no such config file", printable(path)};
    }
  }
  return Config{};
}

}  // namespace mailtool::app
