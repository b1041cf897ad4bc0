/// \file
/// PartialJoin: messages that were sent in pieces (message/partial, RFC 2046
/// section 5.2.2), put together over all inputs.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "app/message_files.h"
#include "app/parse_input.h"
#include "mailtool/mime/parser.h"
#include "mailtool/mime/partial.h"
#include "mailtool/store/spool.h"

namespace mailtool::app {

/// Goes over the inputs twice: collect() looks for the pieces and spools them;
/// then the inputs are read again through a JoiningConsumer. In memory are
/// where the pieces are, and their ids; see FragmentCollector for the limits.
class PartialJoin {
 public:
  /// What the second reading does with a message.
  enum class Role : std::uint8_t {
    plain,  ///< no piece, or one of a message that is not complete
    first,  ///< the first piece of a complete message in the input
    other   ///< another piece of a complete message
  };

  PartialJoin();
  ~PartialJoin();

  /// Reads the headers of all messages. What cannot be read is left to the
  /// second reading. Fails with cannot_create, local_io or interrupted.
  Result<void> collect(MessageFiles& files);

  /// A line for each piece that is missing, a few of each message at most:
  /// "piece 2 of 3 of <id> is missing". Printable.
  [[nodiscard]] std::vector<std::string> missing() const;

  /// `message` counts the messages of all inputs, from 0.
  [[nodiscard]] Role role_of(std::uint64_t message) const;
  /// Writes the whole message that begins with this piece to `to`. Fails as
  /// Spool does.
  Result<void> join(std::uint64_t message, store::Spool& to) const;

 private:
  class Finder;
  // In spool_: header, empty line and body, ">From " as it was.
  struct Piece {
    std::uint64_t offset = 0;
    std::uint64_t header = 0;  // octets, with the empty line
    std::uint64_t length = 0;
    mime::Fragment fragment;
  };
  void assign_roles();
  Result<std::string> read(std::uint64_t offset, std::uint64_t length) const;

  mime::FragmentCollector collector_;
  store::Spool spool_;
  std::unordered_map<std::uint64_t, Piece> pieces_;  // by message
  std::unordered_map<std::uint64_t, Role> roles_;
};

/// Hands messages on to `next`, and the joined one in place of its pieces.
class JoiningConsumer : public MessageConsumer {
 public:
  /// Both outlive it. `again` as in ReaderOptions.
  JoiningConsumer(const PartialJoin& pieces, bool again, MessageConsumer& next);

  void begin_message(const MessagePlace& place) override;
  bool octets(std::string_view part) override;
  Result<void> end_message(const RandomAccess* input) override;

 private:
  const PartialJoin& pieces_;
  bool again_;
  MessageConsumer& next_;
  std::uint64_t message_ = 0;
  std::uint64_t dropped_ = 0;
  PartialJoin::Role role_ = PartialJoin::Role::plain;
  MessagePlace place_;
  store::Spool joined_;
};

/// Makes the standard input readable twice: what is no file on disk is copied
/// to one without a name. Fails with cannot_create, local_io or interrupted.
Result<void> keep_stdin();

}  // namespace mailtool::app
