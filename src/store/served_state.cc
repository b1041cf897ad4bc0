#include "store/served_state.h"

#include <string_view>

#include "mailtool/base/ascii.h"
#include "mailtool/store/atomic_file.h"
#include "store/system.h"

namespace mailtool::store {
namespace {

constexpr std::size_t kMaxOctets = 80;

// "2 1795220040 5001 1048577": the version, UIDVALIDITY, and a UID and a
// mod-sequence above all that were given. Version 1 has no mod-sequence; version 3
// has the UIDVALIDITY in names behind them.
std::optional<ServedState> parse_state(std::string_view text) {
  if (!text.ends_with('\n')) return std::nullopt;
  const auto words = split(text.substr(0, text.size() - 1), ' ');
  const auto version = words[0];
  const std::size_t due = version == "1"   ? 3
                          : version == "2" ? 4
                          : version == "3" ? 5
                                           : 0;
  if (words.size() != due) return std::nullopt;
  const auto uidvalidity = parse_number(words[1], UINT32_MAX);
  const auto uidnext = parse_number(words[2], UINT32_MAX);
  const auto modseq = due > 3 ? parse_number(words[3], INT64_MAX) : 1;
  const auto in_names =
      due > 4 ? parse_number(words[4], UINT32_MAX) : uidvalidity;
  for (const auto& number : {uidvalidity, uidnext, modseq, in_names}) {
    if (!number || *number == 0) return std::nullopt;
  }
  return ServedState{static_cast<std::uint32_t>(*uidvalidity),
                     static_cast<std::uint32_t>(*uidnext), *modseq,
                     static_cast<std::uint32_t>(*in_names)};
}

}  // namespace

Result<std::optional<ServedState>> read_served(const std::string& path) {
  const auto text = read_regular(path, kMaxOctets);
  if (!text) return text.error();
  if (!*text) return std::optional<ServedState>();
  const auto state = parse_state(**text);
  if (!state) {
    return Error{ErrorKind::config, "not what was written there", path};
  }
  return state;
}

Result<void> write_served(const std::string& path, const ServedState& state) {
  auto file = AtomicFile::create(path);
  if (!file) return std::move(file).error();
  const bool same = state.in_names == state.uidvalidity;
  auto text = (same ? "2 " : "3 ") + std::to_string(state.uidvalidity) + " " +
              std::to_string(state.uidnext) + " " +
              std::to_string(state.modseq);
  if (!same) text += " " + std::to_string(state.in_names);
  if (auto wrote = file->write(text + "\n"); !wrote) return wrote;
  return file->commit();
}

}  // namespace mailtool::store
