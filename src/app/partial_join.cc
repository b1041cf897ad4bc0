#include "app/partial_join.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>

#include "app/extract_folder.h"
#include "app/file_source.h"
#include "app/from_unquoting.h"
#include "app/message_reader.h"
#include "app/sender_identity.h"
#include "mailtool/base/printable.h"

namespace mailtool::app {
namespace {

constexpr std::size_t kMaxHeader = 1024 * 1024;
constexpr std::size_t kMaxShownPieces = 5;

class Silence : public ParseReport {
 public:
  void failed(Error) override {}
  void progressed(std::uint64_t, std::uint64_t) override {}
};

class ConsumerSink : public Sink {
 public:
  explicit ConsumerSink(MessageConsumer& to) : to_(to) {}
  Result<void> write(std::string_view octets) override {
    wanted_ = wanted_ && to_.octets(octets);
    return {};
  }

 private:
  MessageConsumer& to_;
  bool wanted_ = true;
};

// A spooled message that is addressed as if it stood at `begin` of its input.
class SpooledMessage : public RandomAccess {
 public:
  SpooledMessage(const store::Spool& spool, std::uint64_t begin)
      : spool_(spool), begin_(begin) {}
  Result<void> copy(std::uint64_t offset, std::uint64_t length,
                    Sink& to) const override {
    return spool_.copy(offset - begin_, length, to);
  }

 private:
  const store::Spool& spool_;
  std::uint64_t begin_;
};

mime::ParserLimits header_alone() {
  mime::ParserLimits limits;
  limits.header_octets = kMaxHeader;
  limits.header_only = true;
  return limits;
}

}  // namespace

// Looks at the headers, and spools what is a piece.
class PartialJoin::Finder : public MessageConsumer {
 public:
  explicit Finder(PartialJoin& join)
      : join_(join), parser_(header_alone()), body_(join.spool_) {}

  void begin_message(const MessagePlace& place) override {
    ++messages_;
    parser_.begin();
    head_.clear();
    state_ = State::header;
    quoted_ = place.quoted_from;
  }

  bool octets(std::string_view part) override {
    if (state_ == State::header) {
      parser_.feed(part);
      head_ += part;
      if (parser_.header_complete()) {
        begin_piece();
      } else if (head_.size() > kMaxHeader) {
        state_ = State::no_piece;
      }
    } else if (state_ == State::piece) {
      keep(part);
    }
    return state_ != State::no_piece;
  }

  Result<void> end_message(const RandomAccess*) override {
    if (state_ != State::piece) return {};
    const auto message = messages_ - 1;
    if (quoted_ && kept_) kept_ = body_.finish();
    if (!kept_) return kept_;
    piece_.length = join_.spool_.size() - piece_.offset;
    const auto outcome = join_.collector_.add(piece_.fragment, message);
    if (outcome == mime::FragmentCollector::Outcome::taken) {
      join_.pieces_.emplace(message, std::move(piece_));
    }
    return {};
  }

  /// False once a piece could not be spooled.
  [[nodiscard]] bool keeps() const { return kept_.has_value(); }

 private:
  enum class State : std::uint8_t { header, piece, no_piece };

  void begin_piece() {
    state_ = State::no_piece;
    const auto& structure = parser_.finish();
    const auto& top = structure.parts[0];
    const auto type = structure.value_of(top, "Content-Type");
    auto fragment = type ? mime::parse_fragment(*type) : std::nullopt;
    if (!fragment || top.body.offset > head_.size()) return;
    state_ = State::piece;
    piece_ = {join_.spool_.size(), top.body.offset, 0, std::move(*fragment)};
    body_.begin(join_.spool_);
    const std::string_view head = head_;
    if (kept_) kept_ = join_.spool_.write(head.substr(0, piece_.header));
    keep(head.substr(piece_.header));
  }

  void keep(std::string_view body) {
    if (!kept_ || body.empty()) return;
    kept_ = quoted_ ? body_.write(body) : join_.spool_.write(body);
  }

  PartialJoin& join_;
  mime::Parser parser_;
  FromUnquoting body_;
  std::string head_;
  Piece piece_;
  Result<void> kept_;
  State state_ = State::header;
  bool quoted_ = false;
  std::uint64_t messages_ = 0;
};

PartialJoin::PartialJoin() : spool_(temporary_folder()) {}
PartialJoin::~PartialJoin() = default;

Result<void> PartialJoin::collect(MessageFiles& files) {
  Silence silence;
  Finder finder(*this);
  MessageReader reader({}, silence);
  for (;;) {
    const auto inputs = files.next();
    if (!inputs) continue;
    if (*inputs == nullptr) break;
    for (std::size_t file = 0; file < (*inputs)->size(); ++file) {
      auto read = reader.read(**inputs, file, finder);
      if (read) continue;
      const bool stopped = read.error().kind == ErrorKind::interrupted;
      if (stopped || !finder.keeps()) return read;
    }
  }
  assign_roles();
  return {};
}

void PartialJoin::assign_roles() {
  for (const auto& message : collector_.messages()) {
    if (!message.complete) continue;
    const auto order = collector_.order(message.id);
    for (const auto piece : order) roles_[piece] = Role::other;
    roles_[*std::min_element(order.begin(), order.end())] = Role::first;
  }
}

std::vector<std::string> PartialJoin::missing() const {
  std::vector<std::string> lines;
  for (const auto& message : collector_.messages()) {
    if (message.complete) continue;
    const auto id = " of <" + printable(message.id) + ">";
    if (message.total == 0) {
      lines.push_back("the last piece" + id + " is missing");
      continue;
    }
    std::vector<bool> present(message.total + 1);
    for (const auto piece : collector_.order(message.id)) {
      const auto found = pieces_.find(piece);
      if (found != pieces_.end()) present[found->second.fragment.number] = true;
    }
    const auto total = " of " + std::to_string(message.total);
    std::size_t shown = 0;
    for (std::uint32_t i = 1; i <= message.total; ++i) {
      if (present[i]) continue;
      if (++shown <= kMaxShownPieces) {
        lines.push_back("piece " + std::to_string(i) + total + id +
                        " is missing");
      }
    }
    if (shown > kMaxShownPieces) {
      lines.push_back(std::to_string(shown - kMaxShownPieces) + " more pieces" +
                      id + " are missing");
    }
  }
  return lines;
}

PartialJoin::Role PartialJoin::role_of(std::uint64_t message) const {
  const auto found = roles_.find(message);
  return found == roles_.end() ? Role::plain : found->second;
}

Result<std::string> PartialJoin::read(std::uint64_t offset,
                                      std::uint64_t length) const {
  StringSink text(kMaxHeader);
  auto copied =
      spool_.copy(offset, std::min<std::uint64_t>(length, kMaxHeader), text);
  if (!copied) return std::move(copied).error();
  return text.take();
}

// The header of the whole is made of those of the first piece and of the
// message in it; all behind that are the bodies, one after the other.
Result<void> PartialJoin::join(std::uint64_t message, store::Spool& to) const {
  const auto order = collector_.order(pieces_.at(message).fragment.id);
  for (std::size_t i = 0; i < order.size(); ++i) {
    const auto& piece = pieces_.at(order[i]);
    auto begin = piece.offset + piece.header;
    auto length = piece.length - piece.header;
    if (i == 0) {
      const auto outer = read(piece.offset, piece.header);
      if (!outer) return outer.error();
      const auto body = read(begin, length);
      if (!body) return body.error();
      const auto inner = mime::inner_header_octets(*body);
      const auto header = mime::merge_fragment_headers(
          *outer, std::string_view(*body).substr(0, inner));
      if (auto written = to.write(header); !written) return written;
      begin += inner;
      length -= inner;
    }
    if (auto copied = spool_.copy(begin, length, to); !copied) return copied;
  }
  return {};
}

JoiningConsumer::JoiningConsumer(const PartialJoin& pieces, bool again,
                                 MessageConsumer& next)
    : pieces_(pieces),
      again_(again),
      next_(next),
      joined_(temporary_folder()) {}

void JoiningConsumer::begin_message(const MessagePlace& place) {
  role_ = pieces_.role_of(message_++);
  place_ = place;
  place_.count -= dropped_;
  if (role_ == PartialJoin::Role::plain) next_.begin_message(place_);
}

bool JoiningConsumer::octets(std::string_view part) {
  return role_ == PartialJoin::Role::plain && next_.octets(part);
}

Result<void> JoiningConsumer::end_message(const RandomAccess* input) {
  if (role_ == PartialJoin::Role::plain) return next_.end_message(input);
  if (role_ == PartialJoin::Role::other) return ++dropped_, Result<void>{};
  if (auto cleared = joined_.clear(); !cleared) return cleared;
  auto joined = pieces_.join(message_ - 1, joined_);
  if (!joined) return joined;
  place_.quoted_from = false;
  next_.begin_message(place_);
  ConsumerSink sink(next_);
  if (auto given = joined_.copy(0, joined_.size(), sink); !given) return given;
  const SpooledMessage again(joined_, place_.offset);
  return next_.end_message(again_ ? &again : nullptr);
}

Result<void> keep_stdin() {
  struct stat status {};
  if (::fstat(STDIN_FILENO, &status) == 0 && S_ISREG(status.st_mode)) return {};
  auto path = temporary_folder() + "/mailtool-XXXXXX";
  const int file = ::mkostemp(path.data(), O_CLOEXEC);
  if (file < 0) {
    return Error{ErrorKind::cannot_create, std::strerror(errno),
                 "cannot keep the standard input in " + temporary_folder(), "",
                 "set TMPDIR to a folder with room"};
  }
  ::unlink(path.c_str());
  DescriptorSink kept(file);
  auto copied = [&]() -> Result<void> {
    auto source = FileSource::open("-");
    if (!source) return std::move(source).error();
    std::array<char, 64 * 1024> piece;
    for (;;) {
      const auto count = source->read_some(piece);
      if (!count) return count.error();
      if (*count == 0) return {};
      if (auto written = kept.write({piece.data(), *count}); !written) {
        return written;
      }
    }
  }();
  if (copied &&
      (::lseek(file, 0, SEEK_SET) != 0 || ::dup2(file, STDIN_FILENO) < 0)) {
    copied = Error{ErrorKind::local_io, std::strerror(errno),
                   "cannot keep the standard input"};
  }
  ::close(file);
  return copied;
}

}  // namespace mailtool::app
