// Mod-sequences of a ServedMaildir: RFC 7162.

#include "store/served_modseqs.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <optional>
#include <string_view>
#include <utility>

#include "mailtool/base/ascii.h"
#include "mailtool/store/atomic_file.h"
#include "store/system.h"

namespace mailtool::store {
namespace {

// Set apart at a time: `served` is written once for so many.
constexpr std::uint64_t kReserved = 1 << 20;
constexpr std::size_t kMaxLine = 400;  // a name of a file is no longer

struct Row {
  std::uint32_t first;
  std::uint32_t last;
  std::uint64_t modseq;
  std::string flags;
};

// row = uid [":" uid] SP mod-sequence SP flags
std::optional<Row> parse_row(std::string_view line) {
  const auto words = split(line, ' ');
  if (words.size() != 3) return std::nullopt;
  const auto colon = words[0].find(':');
  const auto first = parse_number(words[0].substr(0, colon), UINT32_MAX);
  const auto last = colon == words[0].npos
                        ? first
                        : parse_number(words[0].substr(colon + 1), UINT32_MAX);
  const auto modseq = parse_number(words[1], INT64_MAX);
  if (!first || !last || !modseq || *modseq == 0) return std::nullopt;
  return Row{static_cast<std::uint32_t>(*first),
             static_cast<std::uint32_t>(*last), *modseq, std::string(words[2])};
}

std::string header_of(const ModseqState& state) {
  return "1 " + std::to_string(state.uidvalidity) + " " +
         std::to_string(state.highest);
}

// Lines, of bounded length, without their ends.
class Lines {
 public:
  explicit Lines(int file) : file_(file) {}

  // nullopt at the end, and where it is no whole line.
  std::optional<std::string> next() {
    while (true) {
      const auto end = held_.find('\n', at_);
      if (end != held_.npos) {
        auto line = held_.substr(at_, end - at_);
        at_ = end + 1;
        return line;
      }
      held_.erase(0, std::exchange(at_, 0));
      if (held_.size() > kMaxLine || !fill()) return std::nullopt;
    }
  }
  [[nodiscard]] bool all_taken() const { return ended_ && held_.empty(); }

 private:
  bool fill() {
    std::array<char, 64 * 1024> buffer;
    ssize_t count = 0;
    do {
      count = ::read(file_, buffer.data(), buffer.size());
    } while (count < 0 && errno == EINTR);
    ended_ = count == 0;
    if (count <= 0) return false;
    held_.append(buffer.data(), static_cast<std::size_t>(count));
    return true;
  }

  int file_;
  std::string held_;
  std::size_t at_ = 0;
  bool ended_ = false;
};

}  // namespace

ModseqsFound read_modseqs(const std::string& path, const ModseqState& state,
                          std::vector<ServedMessage>& messages) {
  using enum ModseqsFound;
  const auto file = open_regular("open", path, O_RDONLY);
  if (!file || !file->valid()) return none;
  Lines lines(file->get());
  if (lines.next() != header_of(state)) return none;
  for (auto& one : messages) one.modseq = 0;
  bool all = true;
  auto at = messages.begin();
  std::uint32_t last = 0;
  while (const auto line = lines.next()) {
    const auto row = parse_row(*line);
    const bool legal = row && row->first > last && row->last >= row->first &&
                       row->modseq <= state.highest;
    if (!legal) return none;
    last = row->last;
    while (at != messages.end() && at->uid < row->first) ++at;
    std::uint64_t count = 0;
    for (; at != messages.end() && at->uid <= last; ++at, ++count) {
      if (at->flags() == row->flags) at->modseq = row->modseq;
    }
    all = all && count == std::uint64_t{last} - row->first + 1;
  }
  if (!lines.all_taken()) return none;
  all = all && std::none_of(messages.begin(), messages.end(),
                            [](const auto& one) { return one.modseq == 0; });
  return all ? same : different;
}

Result<void> write_modseqs(const std::string& path, const ModseqState& state,
                           const std::vector<ServedMessage>& messages) {
  auto file = AtomicFile::create(path);
  if (!file) return std::move(file).error();
  auto wrote = file->write(header_of(state) + "\n");
  for (auto at = messages.begin(); at != messages.end() && wrote;) {
    auto end = at + 1;
    while (end != messages.end() && end->uid == (end - 1)->uid + 1 &&
           end->modseq == at->modseq && end->flags() == at->flags()) {
      ++end;
    }
    auto line = std::to_string(at->uid);
    if (end - at > 1) line += ":" + std::to_string((end - 1)->uid);
    wrote = file->write(line + " " + std::to_string(at->modseq) + " " +
                        std::string(at->flags()) + "\n");
    at = end;
  }
  if (!wrote) return wrote;
  return file->commit();
}

// A value that was never given, for what changes now; 0 where none are counted.
// It is told to nobody before it is below what stands in `served`.
std::uint64_t ServedMaildir::new_modseq() {
  if (!counted_) return 0;
  const bool given = next_modseq_ < reserved_modseq_;
  const bool room = next_modseq_ < INT64_MAX - kReserved;
  if (!given &&
      (!room || !write_state(reserved_, next_modseq_ + kReserved))) {
    counted_ = false;
    lost_ = true;
    for (auto& one : messages_) one.modseq = 0;
    return 0;
  }
  modseqs_new_ = true;
  return next_modseq_++;
}

void ServedMaildir::count_modseqs() {
  // The file is of the state that `served` has: nothing was counted since.
  const bool closed = next_modseq_ == reserved_modseq_ && !lost_;
  const auto found =
      closed ? read_modseqs(path_ + "/modseqs",
                            {uidvalidity_, next_modseq_ - 1}, messages_)
             : ModseqsFound::none;
  counted_ = true;
  if (found == ModseqsFound::same) return;
  const auto modseq = new_modseq();
  if (!counted_) return;
  for (auto& one : messages_) {
    if (found == ModseqsFound::none || one.modseq == 0) one.modseq = modseq;
  }
}

std::uint64_t ServedMaildir::highest_modseq() {
  if (!counted_) count_modseqs();
  return counted_ ? next_modseq_ - 1 : 0;
}

// With the exact values a clean start has no gap. `modseqs` counts for nothing
// before `served` says that it is of the last state.
void ServedMaildir::keep_state() {
  auto modseq = reserved_modseq_ + (lost_ && !counted_ ? 1 : 0);
  const bool kept =
      counted_ && modseqs_new_ &&
      write_modseqs(path_ + "/modseqs", {uidvalidity_, next_modseq_ - 1},
                    messages_);
  if (kept) modseq = next_modseq_;
  if (reserved_ != uidnext_ || reserved_modseq_ != modseq) {
    (void)write_state(uidnext_, modseq);
  }
}

}  // namespace mailtool::store
