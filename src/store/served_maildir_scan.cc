// What lies in a ServedMaildir, by whomever it was put there.

#include <sys/stat.h>

#include <algorithm>
#include <set>
#include <utility>

#include "mailtool/base/ascii.h"
#include "mailtool/store/served_maildir.h"
#include "store/file_naming.h"

namespace mailtool::store {
namespace {

// ",W=" and the octets with CRLF line ends stand in the name of a file that has
// LF; others that know the form read it so, too.
constexpr std::string_view kConverted = ",W=";

std::optional<std::uint64_t> converted_octets(std::string_view name) {
  name = name.substr(0, name.rfind(":2,"));
  const auto at = name.rfind(kConverted);
  if (at == name.npos) return std::nullopt;
  return parse_number(name.substr(at + kConverted.size()));
}

}  // namespace

bool ServedMaildir::is_known(const ServedMessage& message) const {
  const auto* known = find(message.uid);
  return known != nullptr && known->in_new == message.in_new &&
         known->name == message.name;
}

// The number of the file; nullopt where it is gone, or none.
std::optional<std::uint64_t> ServedMaildir::look_at(
    ServedMessage& message) const {
  struct stat status {};
  if (::lstat(path_of(message).c_str(), &status) != 0) return std::nullopt;
  if (!S_ISREG(status.st_mode)) return std::nullopt;
  const auto converted = converted_octets(message.name);
  message.converted = converted.has_value();
  message.octets =
      converted.value_or(static_cast<std::uint64_t>(status.st_size));
  message.date = status.st_mtim.tv_sec;
  return status.st_ino;
}

// Of `files`, which have one UID, the first is the message, and the others are
// what another program has copied. That which is kept is looked at last: then it
// cannot have been renamed to another of them while the folder was read, nor
// linked, as some rename.
void ServedMaildir::take_files(std::span<ServedMessage> files,
                               std::vector<ServedMessage>& kept) {
  if (files.size() == 1 && is_known(files[0])) {
    kept.push_back(*find(files[0].uid));
    return;
  }
  std::vector<std::pair<std::uint64_t, ServedMessage*>> there;
  for (auto one = files.rbegin(); one != files.rend(); ++one) {
    if (const auto number = look_at(*one)) there.emplace_back(*number, &*one);
  }
  if (there.empty()) return;
  const auto first = there.back();
  if (files[0].uid < reserved_) {
    there.pop_back();
    const bool known = is_known(*first.second);
    kept.push_back(known ? *find(first.second->uid) : *first.second);
    std::erase_if(there, [&](const auto& one) { return one.first == first.first; });
  }
  for (auto one = there.rbegin(); one != there.rend(); ++one) {
    foreign_.push_back(std::move(*one->second));
  }
}

Result<std::vector<ServedMessage>> ServedMaildir::scan() {
  std::vector<ServedMessage> found;
  foreign_.clear();
  auto listed = MirrorMaildir::for_each(
      path_, in_names_, [&](const MirrorMaildir::File& file) {
        ServedMessage message;
        message.uid = file.uid;
        message.in_new = file.in_new;
        message.name = file.name;
        found.push_back(std::move(message));
      });
  if (!listed) return std::move(listed).error();
  std::sort(found.begin(), found.end(), [](const auto& a, const auto& b) {
    if (a.uid != b.uid) return a.uid < b.uid;
    return a.in_new != b.in_new ? a.in_new < b.in_new : a.name < b.name;
  });
  std::vector<ServedMessage> kept;
  for (auto at = found.begin(); at != found.end();) {
    const auto end = std::find_if(
        at, found.end(), [&](const auto& one) { return one.uid != at->uid; });
    const auto known = std::find_if(
        at, end, [this](const auto& one) { return is_known(one); });
    if (known != end) std::rotate(at, known, known + 1);
    take_files({at, end}, kept);
    at = end;
  }
  return kept;
}

std::string ServedMaildir::letters() const {
  std::set<char> all;
  for (const auto* files : {&messages_, &foreign_}) {
    for (const auto& one : *files) {
      for (const char c : one.flags()) all.insert(c);
    }
  }
  return {all.begin(), all.end()};
}

// Of the next UID. `octets`: with CRLF, where the file has LF.
std::string ServedMaildir::name_of(std::int64_t date,
                                   std::optional<std::uint64_t> octets) const {
  auto name = std::to_string(std::max<std::int64_t>(0, date)) + ".V" +
              std::to_string(in_names_) + "U" + std::to_string(uidnext_) +
              "." + host_in_names();
  if (octets) name += std::string(kConverted) + std::to_string(*octets);
  return name;
}

Result<bool> ServedMaildir::find_again() {
  if (auto here = check(); !here) return std::move(here).error();
  scanned_ = true;
  auto found = scan();
  if (!found) return std::move(found).error();
  const auto is_gone = [&](const ServedMessage& one) {
    return !std::binary_search(
        found->begin(), found->end(), one,
        [](const auto& a, const auto& b) { return a.uid < b.uid; });
  };
  // What is renamed while a folder is read may be passed over.
  if (std::any_of(messages_.begin(), messages_.end(), is_gone)) {
    found = scan();
    if (!found) return std::move(found).error();
  }
  const bool same = std::equal(
      found->begin(), found->end(), messages_.begin(), messages_.end(),
      [](const ServedMessage& a, const ServedMessage& b) {
        return a.uid == b.uid && a.name == b.name && a.in_new == b.in_new;
      });
  if (same) return false;
  messages_ = *std::move(found);
  const auto modseq = new_modseq();
  for (auto& one : messages_) {
    if (one.modseq == 0) one.modseq = modseq;
  }
  if (!messages_.empty() && messages_.back().uid >= uidnext_) {
    uidnext_ = messages_.back().uid + 1;
    if (auto reserved = reserve(); !reserved) return std::move(reserved).error();
  }
  return true;
}

}  // namespace mailtool::store
