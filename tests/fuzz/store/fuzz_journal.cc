// Lines of a journal: what is read can be written and read back as the same,
// and records come to the same after they were compacted.

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <map>
#include <string>
#include <string_view>

#include "store/journal_loader.h"

using namespace mailtool::store;

namespace {

// A digest stands in the lines of what is known.
bool same(const JournalRecord& before, const JournalRecord& after) {
  const auto digest = before.known() ? before.header_digest() : 0;
  return before.key() == after.key() && before.size() == after.size() &&
         before.fetched() == after.fetched() &&
         before.adopted() == after.adopted() &&
         before.failures() == after.failures() &&
         before.absent() == after.absent() &&
         before.skip_was_said() == after.skip_was_said() &&
         digest == after.header_digest();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t n) {
  std::string_view rest(reinterpret_cast<const char*>(data), n);
  JournalLoader loader;
  std::map<JournalKey, std::string> uids;
  while (!rest.empty()) {
    const auto line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(rest.size(), line.size() + 1));
    const auto parsed = parse_journal_line(line);
    if (!parsed) continue;
    std::string written;
    append_journal_line(*parsed, written);
    written.pop_back();
    const auto again = parse_journal_line(written);
    if (!again || again->uid != parsed->uid || again->size != parsed->size ||
        again->time != parsed->time || again->digest != parsed->digest) {
      std::abort();
    }
    loader.take(*parsed);
    uids[journal_key(parsed->uid)] = std::string(parsed->uid);
  }
  const auto first = loader.records();
  JournalLoader compacted;
  for (const auto& record : first.records) {
    std::string lines;
    JournalLoader::append_lines(uids.at(record.key()), record, lines);
    for (std::string_view left = lines; !left.empty();) {
      const auto line = left.substr(0, left.find('\n'));
      left.remove_prefix(line.size() + 1);
      const auto parsed = parse_journal_line(line);
      if (!parsed) std::abort();
      compacted.take(*parsed);
    }
  }
  const auto second = compacted.records();
  if (first.records.size() != second.records.size()) std::abort();
  for (std::size_t i = 0; i < first.records.size(); ++i) {
    const auto& before = first.records[i];
    const auto& after = second.records[i];
    if (!same(before, after)) std::abort();
    if (first.find(before.key()).empty()) std::abort();
  }
  return 0;
}
