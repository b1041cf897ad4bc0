#include "fault/fetch_bench.h"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

namespace mailtool::test {
namespace {

namespace fs = std::filesystem;

class BenchServer : public app::FetchServer {
 public:
  BenchServer(SharedMaildrop& maildrop, ServerFaults faults)
      : maildrop_(maildrop), faults_(std::move(faults)) {}

  Result<Stream*> connect() override {
    const bool first = connections_.empty();
    if (!first && !faults_.accepts_again) {
      return Error{ErrorKind::unreachable, "connection refused"};
    }
    connections_.push_back(std::make_unique<MaildropServer>(
        maildrop_, first || faults_.stays_faulty ? faults_ : ServerFaults{}));
    return static_cast<Stream*>(connections_.back().get());
  }
  [[nodiscard]] app::TlsMode tls_mode() const override {
    return app::TlsMode::required;
  }
  Result<sasl::Credentials> credentials() override {
    sasl::Credentials credentials;
    credentials.user = "bob";
    credentials.password = &password_;
    return credentials;
  }
  [[nodiscard]] sasl::Policy auth_policy() const override {
    return {connections_.back()->tls(), false, {}};
  }
  [[nodiscard]] std::chrono::milliseconds timeout() const override {
    return std::chrono::seconds(1);
  }

  void tell(FetchRun& run) const {
    run.connections = connections_.size();
    for (const auto& connection : connections_) {
      const auto& seen = connection->seen();
      run.commands.insert(run.commands.end(), seen.begin(), seen.end());
      run.sent_octets += connection->sent_octets();
    }
  }

 private:
  SharedMaildrop& maildrop_;
  ServerFaults faults_;
  std::vector<std::unique_ptr<MaildropServer>> connections_;
  Secret password_{"tanstaaf"};
};

std::string contents(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

}  // namespace

std::string with_lf(std::string content) {
  for (std::size_t at; (at = content.find("\r\n")) != content.npos;) {
    content.erase(at, 1);
  }
  return content;
}

std::vector<StoredMessage> some_messages(std::size_t count,
                                         std::size_t octets) {
  std::vector<StoredMessage> messages;
  for (std::size_t i = 1; i <= count; ++i) {
    const auto n = std::to_string(i);
    std::string content = "Subject: number " + n + "\r\n\r\n.stuffed\r\n";
    while (content.size() < octets) content += "line of message " + n + "\r\n";
    messages.push_back({"uid-" + n, content});
  }
  return messages;
}

std::size_t FetchRun::seen(std::string_view verb) const {
  return static_cast<std::size_t>(std::count_if(
      commands.begin(), commands.end(),
      [&](const auto& command) { return command.starts_with(verb); }));
}

FetchBench::FetchBench(std::vector<StoredMessage> messages)
    : maildrop_(std::move(messages)) {}

std::string FetchBench::maildir() const {
  return (folder_.path() / "Mail").string();
}
std::string FetchBench::state() const {
  return (folder_.path() / "state").string();
}

app::FetchOptions FetchBench::keep() const {
  app::FetchOptions options;
  options.url = {"pop3s", "bob", "mail.example", 995, ""};
  options.state_folder = state();
  options.destinations.push_back(app::maildir_name(maildir()));
  return options;
}

app::FetchOptions FetchBench::remove() const {
  auto options = keep();
  options.remove = true;
  return options;
}

FetchRun FetchBench::fetch(app::FetchOptions options, ServerFaults faults,
                           bool json) {
  const auto output = (folder_.path() / "stdout").string();
  const int descriptor =
      ::open(output.c_str(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  app::Invocation invocation;
  invocation.command = "fetch";
  if (json) invocation.options.add("json", {"", "command line"});

  FetchRun run;
  BenchServer server(maildrop_, std::move(faults));
  {
    app::Output out(descriptor);
    app::FetchReport report(invocation, out, "bob@mail.example", "test server");
    auto state = app::open_fetch_state(options, "bob@mail.example");
    Result<void> done;
    if (!state) {
      done = state.error();
    } else {
      done = app::run_fetch(options, "bob@mail.example", *state, server, report,
                            out);
    }
    if (!done) {
      run.error = done.error().one_line();
      report.count(app::exit_status(done.error().kind));
    }
    (void)report.summary(report.status());
    run.status = report.status();
    (void)out.flush();
  }
  ::close(descriptor);
  run.output = contents(output);
  server.tell(run);
  return run;
}

int FetchBench::fetch_in_child(const app::FetchOptions& options,
                               const ServerFaults& faults, void (*before)()) {
  const pid_t child = ::fork();
  if (child == 0) {
    const int nowhere = ::open("/dev/null", O_WRONLY | O_CLOEXEC);
    ::dup2(nowhere, STDERR_FILENO);
    if (before != nullptr) before();
    const auto run = fetch(options, faults);
    ::_exit(static_cast<int>(run.status));
  }
  int status = -1;
  while (::waitpid(child, &status, 0) < 0) {
  }
  return status;
}

// line = mark uid SP size SP time [SP digest]
void FetchBench::let_pass(std::chrono::seconds time) {
  for (const auto& entry : fs::directory_iterator(state())) {
    if (entry.path().extension() != ".journal") continue;
    std::istringstream lines(contents(entry.path()));
    std::ofstream out(entry.path(), std::ios::binary | std::ios::trunc);
    std::string line;
    std::getline(lines, line);
    out << line << '\n';
    while (std::getline(lines, line)) {
      std::istringstream words(line);
      std::string uid, size, digest;
      long long when = 0;
      words >> uid >> size >> when >> digest;
      out << uid << ' ' << size << ' ' << when - time.count();
      out << (digest.empty() ? "" : " ") << digest << '\n';
    }
  }
}

std::vector<std::string> FetchBench::journal() const {
  std::vector<std::string> found;
  for (const auto& entry : fs::directory_iterator(state())) {
    if (entry.path().extension() != ".journal") continue;
    std::istringstream lines(contents(entry.path()));
    std::string line;
    std::getline(lines, line);
    while (std::getline(lines, line)) {
      std::istringstream words(line);
      std::string uid, size;
      words >> uid >> size;
      found.push_back(uid + " " + size);
    }
  }
  return found;
}

std::map<std::string, int> FetchBench::delivered(const std::string& maildir) {
  std::map<std::string, int> found;
  for (const char* folder : {"new", "cur"}) {
    const auto path = fs::path(maildir) / folder;
    if (!fs::exists(path)) continue;
    for (const auto& entry : fs::directory_iterator(path)) {
      ++found[contents(entry.path())];
    }
  }
  return found;
}

std::size_t FetchBench::temporary_files() const {
  std::size_t count = 0;
  const auto tmp = fs::path(maildir()) / "tmp";
  if (!fs::exists(tmp)) return 0;
  for (const auto& entry : fs::directory_iterator(tmp)) {
    count += entry.exists();
  }
  return count;
}

std::string FetchBench::violation(const std::string& maildir) const {
  auto found = delivered(maildir);
  std::map<std::string, int> real;
  for (std::size_t i = 0; i < maildrop_.messages().size(); ++i) {
    const auto& message = maildrop_.messages()[i];
    const auto content = with_lf(message.content);
    real[content] = 1;
    const auto count = found.contains(content) ? found[content] : 0;
    if (maildrop_.deleted(i) && count == 0) return message.uid + " is lost";
    if (count > 1) return message.uid + " is doubled";
  }
  for (const auto& [content, count] : found) {
    if (!real.contains(content)) return "cut or foreign: " + content;
  }
  return "";
}

std::string FetchBench::incomplete() const {
  if (auto wrong = violation(); !wrong.empty()) return wrong;
  auto found = delivered();
  for (const auto& message : maildrop_.messages()) {
    if (!found.contains(with_lf(message.content))) {
      return message.uid + " did not arrive";
    }
  }
  if (temporary_files() > 0) return "files left in tmp";
  return "";
}

}  // namespace mailtool::test
