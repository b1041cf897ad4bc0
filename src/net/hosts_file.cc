#include "net/hosts_file.h"

#include <algorithm>
#include <fstream>

#include "mailtool/base/ascii.h"

namespace mailtool::net {
namespace {

constexpr std::size_t kMaxAddresses = 100;

// The words of one line, up to a "#".
std::vector<std::string> words_of(std::string_view line) {
  line = line.substr(0, line.find('#'));
  std::vector<std::string> words;
  std::string word;
  for (const char c : line) {
    if (!is_blank(c) && c != '\r') {
      word += to_lower(c);
    } else if (!word.empty()) {
      words.push_back(std::move(word));
      word.clear();
    }
  }
  if (!word.empty()) words.push_back(std::move(word));
  return words;
}

void ipv6_first(std::vector<IpAddress>& addresses) {
  std::stable_partition(addresses.begin(), addresses.end(),
                        [](const IpAddress& address) { return address.v6; });
}

}  // namespace

// entry = address 1*( blank name )                          ; hosts(5)
std::vector<IpAddress> hosts_file_addresses(const std::string& path,
                                            const std::string& host,
                                            Family family) {
  std::vector<IpAddress> found;
  std::ifstream file(path);
  std::string line;
  while (found.size() < kMaxAddresses && std::getline(file, line)) {
    // Cheap first: most lines of a long hosts file name other hosts.
    if (!std::any_of(line.begin(), line.end(),
                     [&host](char c) { return to_lower(c) == host[0]; }))
      continue;
    const auto words = words_of(line);
    if (words.size() < 2) continue;
    if (std::find(words.begin() + 1, words.end(), host) == words.end())
      continue;
    const auto address = IpAddress::parse(words[0]);
    if (!address || !address->allowed_by(family)) continue;
    if (std::find(found.begin(), found.end(), *address) == found.end())
      found.push_back(*address);
  }
  ipv6_first(found);
  return found;
}

std::vector<IpAddress> localhost_addresses(const std::string& host,
                                           Family family) {
  std::vector<IpAddress> found;
  if (host != "localhost" && !host.ends_with(".localhost")) return found;
  for (const char* text : {"::1", "127.0.0.1"})
    if (const auto address = IpAddress::parse(text);
        address && address->allowed_by(family))
      found.push_back(*address);
  return found;
}

}  // namespace mailtool::net
