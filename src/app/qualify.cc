#include "app/qualify.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <sstream>
#include <vector>

#include "mailtool/base/ascii.h"
#include "mailtool/base/printable.h"
#include "mailtool/smtp/path.h"

namespace mailtool::app {
namespace {

constexpr std::size_t kHostsOctets = 1 << 20;

bool can_end_an_address(std::string_view domain) {
  return !domain.empty() && domain.size() <= smtp::kMaxDomain &&
         smtp::parse_mailbox("x@" + std::string(domain)).has_value();
}

// The head of a file of the system; empty when it cannot be read.
std::string read_head(const std::string& path, std::size_t octets) {
  std::ifstream file(path, std::ios::binary);
  std::string text(octets, '\0');
  file.read(text.data(), static_cast<std::streamsize>(octets));
  text.resize(static_cast<std::size_t>(file.gcount()));
  return text;
}

// Debian Policy 11.6: one line with the name.
std::string from_mailname(const std::string& path) {
  const auto text = read_head(path, 1024);
  const auto line = std::string_view(text).substr(0, text.find('\n'));
  const auto name = trim(split(line, '#')[0]);
  return can_end_an_address(name) ? std::string(name) : "";
}

std::string system_host_name() {
  std::array<char, 256> name{};
  if (::gethostname(name.data(), name.size() - 1) != 0) return "";
  return name.data();
}

// hosts(5): "192.0.2.1 mail.example.org mail": the first name is the full one.
std::string from_hosts(const std::string& path, std::string_view host) {
  std::istringstream lines(read_head(path, kHostsOctets));
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line.substr(0, line.find('#')));
    std::string address;
    std::string word;
    std::string full;
    bool ours = false;
    words >> address;
    while (words >> word) {
      if (full.empty() && word.find('.') != word.npos) full = word;
      ours = ours || iequals(word, host);
    }
    if (ours && can_end_an_address(full)) return full;
  }
  return "";
}

}  // namespace

AddressHalves halves_of(std::string_view address) {
  std::size_t local_part = 0;
  if (address.starts_with('"')) {
    std::size_t at = 1;
    while (at < address.size() && address[at] != '"') {
      at += address[at] == '\\' ? 2U : 1U;
    }
    local_part = std::min(at + 1, address.size());
  }
  const auto at = address.find('@', local_part);
  if (at == address.npos) return {address, {}};
  return {address.substr(0, at), address.substr(at + 1)};
}

std::string qualified(std::string_view address, std::string_view domain) {
  std::string whole(address);
  if (domain.empty() || whole.empty()) return whole;
  if (halves_of(address).local_part.size() == whole.size()) {
    whole += "@" + std::string(domain);
  }
  return whole;
}

void qualify(mime::AddressList& list, std::string_view domain) {
  for (auto& mailbox : list.mailboxes) {
    mailbox.address = qualified(mailbox.address, domain);
  }
}

Result<std::string> domain_option(const OptionValues& options) {
  const auto given = options.get("domain");
  if (!given) return std::string();
  if (can_end_an_address(*given)) return *given;
  const auto origin = options.origin("domain");
  return Error{origin == "command line" ? ErrorKind::usage : ErrorKind::config,
               "'" + printable(*given, 100) + "' is not a domain", "--domain"};
}

std::string full_host_name(const HostNames& names) {
  const auto host =
      names.host_name.empty() ? system_host_name() : names.host_name;
  if (!can_end_an_address(host)) return "";
  return host.find('.') != host.npos ? host : from_hosts(names.hosts, host);
}

std::string mail_domain(const HostNames& names) {
  if (auto name = from_mailname(names.mailname); !name.empty()) return name;
  if (auto full = full_host_name(names); !full.empty()) return full;
  const auto host =
      names.host_name.empty() ? system_host_name() : names.host_name;
  return can_end_an_address(host) ? host : "localhost";
}

}  // namespace mailtool::app
