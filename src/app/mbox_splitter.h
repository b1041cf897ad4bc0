/// \file
/// MboxSplitter: where the messages of an mbox begin and end (RFC 4155; mboxo,
/// mboxrd, mboxcl, mboxcl2).
#pragma once

#include <cstdint>
#include <string_view>

#include "app/mbox_lookahead.h"
#include "mailtool/base/result.h"

namespace mailtool::app {

/// How a message was told apart from the next.
enum class MboxFlavour : std::uint8_t {
  none,     ///< the input is one message
  mbox,     ///< by a From_ line; nothing says that ">From " is quoted
  mboxrd,   ///< by a From_ line; ">From " stands for "From "
  mboxcl2,  ///< by its Content-Length; every octet is as it was
};

/// "", "mbox", "mboxrd", "mboxcl2".
[[nodiscard]] std::string_view name_of(MboxFlavour flavour);

/// Told of the messages as they go by.
class MboxEvents {
 public:
  virtual ~MboxEvents() = default;
  virtual void begin(std::uint64_t offset, MboxFlavour flavour) = 0;
  /// Octets that follow each other in the input.
  virtual void octets(std::string_view part) = 0;
  virtual Result<void> end() = 0;
};

/// An input that begins with a From_ line is an mbox. Its messages end
///
/// - where their Content-Length says, if it leads exactly to a From_ line or to
///   the end, empty lines aside: mboxcl2. From_ lines before that are text;
/// - else before a From_ line behind an empty line. Lines ">From " are quoted
///   ones, as mboxrd does for all of them and mboxo for most: mboxrd; but not
///   once a Content-Length was right, whose writer need not quote: mbox.
///
/// The empty line before a From_ line, and the one at the end, belong to the
/// mbox. A Content-Length counts if it and the empty line behind the header are
/// among the first kHeaderLook octets of the message.
class MboxSplitter {
 public:
  static constexpr std::size_t kHeaderLook = 32 * 1024;
  /// A window of this size is never held back whole.
  static constexpr std::size_t kMinWindow = kHeaderLook + 1024;

  /// Both outlive it. Without `ahead` no Content-Length is believed.
  MboxSplitter(MboxEvents& events, MboxLookahead* ahead)
      : events_(events), ahead_(ahead) {}

  /// Takes octets off the front of `window` and returns how many. What it left
  /// begins the next window, with more behind it; `last`: there is no more, and
  /// all is taken. How the input is cut into windows changes nothing but the
  /// views that octets() is given. Fails as `ahead` and end() do.
  Result<std::size_t> take(std::string_view window, bool last);

  /// False: all of the input is one message. Known once take() took anything.
  [[nodiscard]] bool is_mbox() const { return is_mbox_; }

 private:
  enum class State : std::uint8_t { input, message, text, counted, gap, whole };
  // One step of each state; false: more octets are wanted.
  Result<bool> begin_input();
  Result<bool> begin_message();
  Result<bool> search();
  Result<bool> count_down();
  Result<bool> skip_gap();

  Result<bool> end_at(std::size_t end, std::size_t next, State state);
  Result<bool> end_of_input();
  bool look_at_header();
  Result<bool> leads_to_end(std::uint64_t offset);
  [[nodiscard]] bool separates(std::string_view line) const;
  void pass_up_to(std::size_t end);

  MboxEvents& events_;
  MboxLookahead* ahead_;
  State state_ = State::input;
  bool is_mbox_ = false;
  bool bare_lines_ = false;   // "From " alone separates, too
  bool counts_ = false;       // a Content-Length was right
  std::uint64_t offset_ = 0;  // of window_[0]
  std::uint64_t until_ = 0;   // State::counted: where the message ends
  std::string_view window_;
  bool last_ = false;
  std::size_t at_ = 0;      // in window_: what is before it is taken
  std::size_t search_ = 0;  // in window_: nothing of note is before it

  // Of the header that is looked at: Content-Length, and the body's begin.
  std::uint64_t length_ = 0;
  bool has_length_ = false;
  std::size_t body_ = 0;  // in window_; 0: not found
};

}  // namespace mailtool::app
