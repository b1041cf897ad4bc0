// How messages are copied from one box to another.

#include <utility>

#include "app/served_box.h"

namespace mailtool::app {
namespace {

using serve::Flags;

// All or none: where one cannot be kept, or nobody waits for them any more, those
// that were are removed again.
class BoxCopying : public serve::Copying {
 public:
  explicit BoxCopying(std::shared_ptr<ServedBox> to) : to_(std::move(to)) {}
  ~BoxCopying() override {
    if (!done_) to_->give_up(tickets);
  }
  std::optional<Result<void>> outcome() override {
    if (done_) return done_;
    for (const auto& one : tickets) {
      if (!one->outcome) return std::nullopt;
      if (!*one->outcome && !failed) failed = one->outcome->error();
    }
    for (const auto& one : tickets) uids_.push_back(one->uid);
    if (failed) to_->give_up(tickets);
    done_ = failed ? Result<void>(*failed) : Result<void>();
    return done_;
  }
  const std::vector<std::uint32_t>& uids() const override { return uids_; }

  std::vector<std::shared_ptr<DiskTicket>> tickets;
  std::optional<Error> failed;

 private:
  std::shared_ptr<ServedBox> to_;
  std::vector<std::uint32_t> uids_;
  std::optional<Result<void>> done_;
};

}  // namespace

// One more name of the file where that can be: nothing is written then.
std::shared_ptr<DiskTicket> ServedBox::add_copy(ServedBox& from,
                                                std::uint32_t uid) {
  auto one = std::make_shared<DiskTicket>();
  if (is_removed()) {
    one->outcome = Result<void>(deleted());
    return one;
  }
  auto source = from.open(uid);
  if (from.stale_) from.read_messages();
  const auto* known = from.message(uid);
  const auto* file = from.maildir_->find(uid);
  if (!source || known == nullptr || file == nullptr) {
    one->outcome = Error{ErrorKind::no_such_item, "a message is gone"};
    return one;
  }
  Flags flags = known->flags & ((Flags{1} << serve::kSystemFlags.size()) - 1);
  std::vector<std::string> names;
  for (std::size_t i = 0; i < from.keywords_.size(); ++i) {
    if ((known->flags >> (serve::kSystemFlags.size() + i) & 1U) == 0) continue;
    names.push_back(from.keywords_[i]);
  }
  const auto named = make_keywords(names);
  if (!named) {
    one->outcome = Result<void>(named.error());
    return one;
  }
  flags |= *named;
  const auto linked = maildir_->add_link(*from.maildir_, *file, letters(flags));
  if (!linked) {
    one->outcome = Result<void>(linked.error());
    return one;
  }
  if (!*linked) return add(**source, known->date, flags);
  disk_.mark(*this);
  return added_.emplace_back(std::move(one));
}

std::unique_ptr<serve::Copying> ServedBox::copy(
    const std::vector<std::uint32_t>& uids, serve::Mailbox& to) {
  auto& target = static_cast<ServedBox&>(to);
  auto copying = std::make_unique<BoxCopying>(target.shared_from_this());
  for (const auto uid : uids) {
    copying->tickets.push_back(target.add_copy(*this, uid));
    const auto& outcome = copying->tickets.back()->outcome;
    if (outcome && !*outcome) break;
  }
  return copying;
}

void ServedBox::give_up(
    const std::vector<std::shared_ptr<DiskTicket>>& tickets) {
  std::vector<std::uint32_t> uids;
  for (const auto& one : tickets) {
    one->unwanted = true;
    if (one->uid != 0) uids.push_back(one->uid);
  }
  if (uids.empty()) return;
  (void)remove(uids);
  (void)ticket();
}

}  // namespace mailtool::app
