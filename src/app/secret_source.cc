#include "app/secret_source.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cerrno>
#include <cstdlib>
#include <cstring>

#include "app/keyring.h"
#include "app/netrc.h"
#include "app/program.h"
#include "mailtool/base/ascii.h"
#include "mailtool/base/printable.h"

namespace mailtool::app {
namespace {

constexpr std::size_t kMaxSecret = 64 * 1024;

std::string step_of(std::string_view source) {
  return "secret from " + printable(source);
}

Error about(std::string_view source, ErrorKind kind, std::string what) {
  return Error{kind, std::move(what), step_of(source)};
}

Result<Secret> read_descriptor(const std::string& step, int descriptor) {
  std::string octets;
  char buffer[4096];
  for (;;) {
    const auto count = ::read(descriptor, buffer, sizeof buffer);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) {
      return Error{ErrorKind::no_input, std::strerror(errno), step};
    }
    if (count == 0) break;
    octets.append(buffer, static_cast<std::size_t>(count));
    if (octets.size() > kMaxSecret) {
      return Error{ErrorKind::no_auth, "more than 64 KiB", step};
    }
  }
  Secret secret(octets);
  wipe(octets);
  return secret;
}

Result<Secret> read_environment(std::string_view source,
                                const std::string& name) {
  const char* value = std::getenv(name.c_str());
  if (value == nullptr) {
    return about(source, ErrorKind::no_input, "the variable is not set");
  }
  return Secret(value);
}

Result<Secret> read_credential(std::string_view source,
                               const std::string& name) {
  const char* folder = std::getenv("CREDENTIALS_DIRECTORY");
  if (folder == nullptr) {
    return about(source, ErrorKind::no_input,
                 "$CREDENTIALS_DIRECTORY is not set: not started by systemd");
  }
  if (name.empty() || name.find('/') != name.npos) {
    return about(source, ErrorKind::usage, "not the name of a credential");
  }
  return read_private_file(step_of(source), std::string(folder) + "/" + name);
}

Result<Secret> without_line_end(std::string_view source, Secret secret) {
  auto text = secret.reveal();
  if (text.ends_with('\n')) text.remove_suffix(1);
  if (text.ends_with('\r')) text.remove_suffix(1);
  if (text.empty()) return about(source, ErrorKind::no_auth, "is empty");
  if (has_line_break_or_nul(text)) {
    return about(source, ErrorKind::no_auth, "has more than one line, or NUL");
  }
  return Secret(std::string(text));
}

// One password serves "imap" and "imaps".
std::string protocol(std::string_view scheme) {
  if (scheme.ends_with('s')) scheme.remove_suffix(1);
  return std::string(scheme);
}

Result<Secret> fetch(std::string_view source, const SecretContext& context) {
  const auto colon = source.find(':');
  const auto kind = source.substr(0, colon);
  const std::string rest(colon == source.npos ? "" : source.substr(colon + 1));
  if (source == "prompt") {
    if (context.ask) return context.ask(context.prompt);
    return about(source, ErrorKind::no_auth, "there is no terminal to ask on");
  }
  if (source == "keyring") {
    return keyring_secret({context.token ? "oauth2" : protocol(context.scheme),
                           context.host, context.user},
                          context.budget);
  }
  if (source == "netrc") return netrc_password(context.host, context.user);
  if (kind == "env") return read_environment(source, rest);
  if (kind == "file") return read_private_file(step_of(source), rest);
  if (kind == "credential") return read_credential(source, rest);
  if (kind == "fd") {
    const auto number = parse_number(rest, 1'000'000);
    if (!number) {
      return about(source, ErrorKind::usage, "not a file descriptor's number");
    }
    return read_descriptor(step_of(source), static_cast<int>(*number));
  }
  if (kind == "cmd") {
    const auto words = split_words(rest);
    if (!words) return words.error();
    return run_for_secret(*words, context.budget);
  }
  return Error{ErrorKind::usage, "no such source",
               "secret from '" + printable(source.substr(0, 20)) + "'", "",
               "one of prompt, env:NAME, file:PATH, fd:N, cmd:PROGRAM ARGS, "
               "netrc, keyring, credential:NAME"};
}

}  // namespace

Result<Secret> read_private_file(const std::string& step,
                                 const std::string& path) {
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) {
    return Error{ErrorKind::no_input, std::strerror(errno), step};
  }
  struct stat status {};
  Result<Secret> secret = Error{ErrorKind::config, "", step};
  if (::fstat(descriptor, &status) != 0) {
    secret = Error{ErrorKind::no_input, std::strerror(errno), step};
  } else if (S_ISREG(status.st_mode) && (status.st_mode & 077) != 0) {
    secret = Error{ErrorKind::config, "others may read the file", step, "",
                   "chmod 600 " + printable(path)};
  } else {
    secret = read_descriptor(step, descriptor);
  }
  ::close(descriptor);
  return secret;
}

Result<Secret> read_secret(std::string_view source,
                           const SecretContext& context) {
  auto secret = fetch(source, context);
  if (!secret) return secret;
  return without_line_end(source, std::move(*secret));
}

}  // namespace mailtool::app
