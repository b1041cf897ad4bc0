// The answer to THREAD: RFC 5256 sections 4 and 5.

#include "imap/response_parts.h"
#include "mailtool/base/ascii.h"

namespace mailtool::imap {
namespace {

// Where a list goes on when one within it ends.
struct Level {
  std::uint32_t parent = 0;
  std::uint32_t depth = 0;  // of the next message
};

class Reader {
 public:
  ThreadData read(std::string_view text) {
    while (!text.empty() && !data_.malformed) {
      const char c = text[0];
      if (c == '(') {
        open();
      } else if (c == ')') {
        close();
      } else if (!is_blank(c)) {
        const auto word = text.substr(0, text.find_first_of(" \t()"));
        text.remove_prefix(word.size());
        number(word);
        continue;
      }
      text.remove_prefix(1);
    }
    return std::move(data_);
  }

 private:
  void open() {
    if (outer_.empty()) root_ = 0;
    data_.malformed = outer_.size() >= kMaxThreadNesting;
    outer_.push_back(here_);
  }

  // Lenient: one ")" too many is passed over.
  void close() {
    if (outer_.empty()) return;
    here_ = outer_.back();
    outer_.pop_back();
  }

  void number(std::string_view word) {
    const auto value = parse_number(word, kStar - 1);
    if (!value || *value == 0 || data_.places.size() >= kMaxRanges) {
      data_.malformed = true;
      return;
    }
    // Lenient: a number outside of any list is a thread of its own.
    if (outer_.empty()) {
      here_ = {};
      root_ = 0;
    }
    const auto uid = static_cast<std::uint32_t>(*value);
    // What several lists have in common is not there: the first stands for it.
    if (here_.parent == 0) here_.depth = root_ == 0 ? 0 : 1;
    if (root_ == 0) root_ = uid;
    data_.places.push_back({uid, here_.depth, root_, here_.parent});
    here_ = {uid, here_.depth + 1};
    if (outer_.empty()) here_ = {};
  }

  ThreadData data_;
  std::vector<Level> outer_;
  Level here_;
  std::uint32_t root_ = 0;
};

}  // namespace

// thread-data = "THREAD" [SP 1*thread-list]
// thread-list = "(" (thread-members / thread-nested) ")"
// thread-members = nz-number *(SP nz-number) [SP thread-nested]
// thread-nested = 2*thread-list
ThreadData parse_thread(std::string_view lists) { return Reader().read(lists); }

}  // namespace mailtool::imap
