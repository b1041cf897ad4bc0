#include "app/fetch_login.h"

#include <cstdlib>

#include "app/server_memory.h"
#include "mailtool/base/ascii.h"

namespace mailtool::app {
namespace {

std::int64_t seconds_since_1970() {
  return std::chrono::duration_cast<std::chrono::seconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

// Of messages: POSIX.1-2017 section 8.2.
std::string user_language() {
  for (const auto* variable : {"LC_ALL", "LC_MESSAGES", "LANG"}) {
    const char* value = std::getenv(variable);
    if (value != nullptr && *value != '\0') return language_tag(value);
  }
  return {};
}

// Where TLS is a must, STLS goes without asking: refused, the session ends. So
// it does where the server took it the last time; but then, refused, the server
// is asked what it offers today.
Result<void> secure(client::Pop3Client& client, TlsMode mode, bool took_tls) {
  if (mode == TlsMode::required) return client.start_tls();
  if (took_tls) {
    auto secured = client.start_tls();
    const bool refused =
        !secured && secured.error().kind == ErrorKind::unsupported;
    if (!refused) return secured;
  }
  if (auto asked = client.capa(); !asked) return asked;
  return client.offers("STLS") ? client.start_tls() : Result<void>();
}

Result<void> log_in(client::Pop3Client& client, FetchServer& server,
                    const Stream& stream, bool took_tls,
                    const sasl::Credentials& credentials) {
  if (auto opened = client.open(); !opened) return opened;
  if (!stream.tls() && server.tls_mode() != TlsMode::off) {
    auto secured = secure(client, server.tls_mode(), took_tls);
    if (!secured) return secured;
  }
  return client.authenticate(credentials, server.auth_policy());
}

}  // namespace

std::string language_tag(std::string_view locale) {
  auto name = locale.substr(0, locale.find_first_of(".@"));
  if (name == "C" || name == "POSIX" || name.size() > 35) return {};
  std::string tag;
  for (const char c : name) {
    if (c != '_' && c != '-' && !is_alpha(c) && !is_digit(c)) return {};
    tag += c == '_' ? '-' : c;
  }
  return tag;
}

void note_lost_session(const FetchOptions& options,
                       const client::Pop3Client& client) {
  if (options.only_looks()) return;
  const ServerMemoryFile file(options.state_folder, options.url.host,
                              options.url.port);
  if (!client.pipelines_unannounced()) {
    file.forget();
    return;
  }
  auto memory = client.memory();
  memory.pipelines = client::Finding::no;
  file.write(memory, seconds_since_1970());
}

Result<OpenMaildrop> open_maildrop(const FetchOptions& options,
                                   FetchServer& server,
                                   const sasl::Credentials& credentials) {
  const ServerMemoryFile file(options.state_folder, options.url.host,
                              options.url.port);
  auto remembered = file.read(seconds_since_1970());
  for (int attempts = 0;; ++attempts) {
    const auto stream = server.connect();
    if (!stream) return stream.error();
    OpenMaildrop opened;
    opened.client =
        std::make_unique<client::Pop3Client>(**stream, server.timeout());
    auto& client = *opened.client;
    if (remembered) client.recall(*remembered);
    client.set_language(user_language());
    auto done = log_in(client, server, **stream, remembered && remembered->tls,
                       credentials);
    if (done) {
      auto listed = client.list();
      if (listed) {
        opened.maildrop = *std::move(listed);
      } else {
        done = std::move(listed).error();
      }
    }
    const auto learnt = client.memory();
    const bool again = !done && client.must_reconnect() && attempts < 2;
    const bool keep = (done || again) && learnt != remembered;
    if (keep && !options.only_looks()) file.write(learnt, seconds_since_1970());
    if (done) return opened;
    if (!again) {
      const bool wrong = done.error().kind != ErrorKind::deferred;
      if (remembered && wrong && !options.only_looks()) file.forget();
      if (client.usable()) (void)client.quit();
      return std::move(done).error();
    }
    remembered = learnt;
  }
}

}  // namespace mailtool::app
