#include "app/server_memory.h"

#include <filesystem>
#include <system_error>

#include "app/file_source.h"
#include "mailtool/base/ascii.h"
#include "mailtool/base/sha256.h"
#include "mailtool/store/atomic_file.h"

namespace mailtool::app {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kFirstLine = "mailtool pop3-server 1";
constexpr std::size_t kNameOctets = 8;  // of the hash

std::optional<std::string> whole_file(const std::string& path) {
  std::error_code failed;
  if (!fs::is_regular_file(path, failed) || failed) return std::nullopt;
  auto file = FileSource::open(path);
  if (!file) return std::nullopt;
  std::string text;
  std::string buffer(4096, '\0');
  for (;;) {
    const auto count = file->read_some({buffer.data(), buffer.size()});
    if (!count || text.size() + *count > ServerMemoryFile::kMaxOctets) {
      return std::nullopt;
    }
    if (*count == 0) return text;
    text.append(buffer, 0, *count);
  }
}

std::string_view to_text(client::Finding finding) {
  switch (finding) {
    case client::Finding::unknown: return "unknown";
    case client::Finding::yes: return "yes";
    case client::Finding::no: return "no";
  }
  return "unknown";
}

std::optional<client::Finding> finding_of(std::string_view text) {
  for (const auto finding :
       {client::Finding::unknown, client::Finding::yes, client::Finding::no}) {
    if (text == to_text(finding)) return finding;
  }
  return std::nullopt;
}

std::string section(std::string_view name, const pop3::Capabilities& listed) {
  return std::string(name) + ":\n" + listed.to_wire();
}

/// Takes the file apart, line by line; nullopt as soon as one is not as it
/// should be.
class MemoryReader {
 public:
  explicit MemoryReader(std::string_view text) : rest_(text) {}

  [[nodiscard]] bool at_end() const { return rest_.empty(); }

  std::optional<std::string_view> line() {
    const auto lf = rest_.find('\n');
    if (lf == rest_.npos) return std::nullopt;
    auto line = rest_.substr(0, lf);
    rest_.remove_prefix(lf + 1);
    if (line.ends_with('\r')) line.remove_suffix(1);
    return line;
  }

  /// The value of "NAME: VALUE".
  std::optional<std::string_view> value(std::string_view name) {
    const auto whole = line();
    if (!whole || !whole->starts_with(name)) return std::nullopt;
    const auto rest = whole->substr(name.size());
    if (!rest.starts_with(": ")) return std::nullopt;
    return rest.substr(2);
  }

  std::optional<pop3::Capabilities> capabilities(std::string_view name) {
    if (line() != std::string(name) + ":") return std::nullopt;
    pop3::Capabilities listed;
    for (;;) {
      auto one = line();
      if (!one || one->size() > pop3::Capabilities::kLineOctets) {
        return std::nullopt;
      }
      if (*one == ".") return listed;
      if (one->starts_with('.')) one->remove_prefix(1);
      if (!listed.feed_line(*one)) return std::nullopt;
    }
  }

 private:
  std::string_view rest_;
};

// memory-file = first-line server time tls pipelines initial-response
//               before-login [after-login]
std::optional<client::ServerMemory> parse(std::string_view text,
                                          std::string_view server,
                                          std::int64_t now) {
  MemoryReader reader(text);
  if (reader.line() != kFirstLine || reader.value("server") != server) {
    return std::nullopt;
  }
  const auto time = parse_number(reader.value("time").value_or(""), INT64_MAX);
  if (!time) return std::nullopt;
  const auto age = now - static_cast<std::int64_t>(*time);
  if (age < 0 || age > ServerMemoryFile::kKeptSeconds) return std::nullopt;
  const auto tls = finding_of(reader.value("tls").value_or(""));
  const auto pipelines = finding_of(reader.value("pipelines").value_or(""));
  const auto initial =
      finding_of(reader.value("initial-response").value_or(""));
  auto before = reader.capabilities("before-login");
  if (!tls || !pipelines || !initial || !before) return std::nullopt;

  client::ServerMemory memory;
  memory.tls = *tls == client::Finding::yes;
  memory.before_login = *std::move(before);
  memory.pipelines = *pipelines;
  memory.no_initial_response = *initial == client::Finding::no;
  if (!reader.at_end()) {
    memory.after_login = reader.capabilities("after-login");
    if (!memory.after_login || !reader.at_end()) return std::nullopt;
  }
  return memory;
}

std::string to_text(const client::ServerMemory& memory, std::string_view server,
                    std::int64_t now) {
  std::string text(kFirstLine);
  text.append("\nserver: ").append(server);
  text += "\ntime: " + std::to_string(now);
  text += memory.tls ? "\ntls: yes" : "\ntls: no";
  text.append("\npipelines: ").append(to_text(memory.pipelines));
  text += "\ninitial-response: ";
  text += memory.no_initial_response ? "no\n" : "yes\n";
  text += section("before-login", memory.before_login);
  if (memory.after_login) text += section("after-login", *memory.after_login);
  return text;
}

}  // namespace

ServerMemoryFile::ServerMemoryFile(const std::string& state_folder,
                                   std::string_view host, std::uint16_t port)
    : server_(lower(host) + ":" + std::to_string(port)) {
  if (state_folder.empty() || host.empty() || has_line_break_or_nul(host)) {
    return;
  }
  path_ = state_folder + "/server." + hex(sha256(server_), kNameOctets);
}

std::optional<client::ServerMemory> ServerMemoryFile::read(
    std::int64_t now) const {
  if (path_.empty()) return std::nullopt;
  const auto text = whole_file(path_);
  if (!text) return std::nullopt;
  return parse(*text, server_, now);
}

void ServerMemoryFile::write(const client::ServerMemory& memory,
                             std::int64_t now) const {
  if (path_.empty()) return;
  const auto text = to_text(memory, server_, now);
  if (text.size() > kMaxOctets) return;
  auto file = store::AtomicFile::create(path_);
  if (file && file->write(text)) (void)file->commit();
}

void ServerMemoryFile::forget() const {
  if (path_.empty()) return;
  std::error_code failed;
  fs::remove(path_, failed);
}

}  // namespace mailtool::app
