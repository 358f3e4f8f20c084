// Why something cannot be done with a product or a claim. A closed list.
#pragma once

#include "domain/common/refusals.hpp"

namespace pioneer::domain::supermarket::refusals {

inline constexpr RefusalText product_not_draft{"product_not_draft", RefusalKind::conflict,
                                               "The product was published before. It can be published only once."};
inline constexpr RefusalText session_in_the_past{"session_in_the_past", RefusalKind::invalid,
                                                 "A session is over already. Choose a time that is to come."};
inline constexpr RefusalText sessions_over{
    "sessions_over", RefusalKind::conflict,
    "All sessions of this product are over. Make a new one with later sessions."};
inline constexpr RefusalText product_not_published{"product_not_published", RefusalKind::conflict,
                                                   "The product is not published yet. Wait until it is offered."};
inline constexpr RefusalText product_cancelled{"product_cancelled", RefusalKind::conflict,
                                               "The product was cancelled. Choose another one."};
inline constexpr RefusalText product_completed{"product_completed", RefusalKind::conflict,
                                               "The product is over. Choose another one."};
inline constexpr RefusalText capacity_unchanged{"capacity_unchanged", RefusalKind::conflict,
                                                "The product has this many places already."};
inline constexpr RefusalText capacity_below_confirmed{
    "capacity_below_confirmed", RefusalKind::conflict,
    "More places are promised than that. Choose at least as many places as are confirmed."};
inline constexpr RefusalText claims_not_open{"claims_not_open", RefusalKind::conflict,
                                             "Places cannot be claimed yet. Come back when claiming opens."};
inline constexpr RefusalText claims_closed{"claims_closed", RefusalKind::conflict, "The time to claim places is over."};
inline constexpr RefusalText too_many_places{"too_many_places", RefusalKind::conflict,
                                             "This is more than one person may hold here. Claim fewer places."};
inline constexpr RefusalText product_full{"product_full", RefusalKind::conflict,
                                          "Not enough places are left. Claim fewer places or choose another product."};
inline constexpr RefusalText too_many_claims{
    "too_many_claims", RefusalKind::conflict,
    "This product has had as many claims as it can take. Choose another product."};
inline constexpr RefusalText claim_not_found{"claim_not_found", RefusalKind::not_found,
                                             "There is no such claim on this product."};
inline constexpr RefusalText already_cancelled{"already_cancelled", RefusalKind::conflict,
                                               "This claim is cancelled already."};
inline constexpr RefusalText already_started{"already_started", RefusalKind::conflict,
                                             "The first session has started. A claim can no longer be cancelled."};
inline constexpr RefusalText not_started{"not_started", RefusalKind::conflict,
                                         "The first session has not started. Nobody can have missed it yet."};
inline constexpr RefusalText claim_waitlisted{"claim_waitlisted", RefusalKind::conflict,
                                              "This claim is still waiting for a place."};
inline constexpr RefusalText already_checked_in{"already_checked_in", RefusalKind::conflict,
                                                "This claim is checked in already."};
inline constexpr RefusalText code_needed{"code_needed", RefusalKind::invalid,
                                         "The code shown at the door is needed to check in. Or ask at the desk."};
inline constexpr RefusalText wrong_code{"wrong_code", RefusalKind::invalid,
                                        "This is not the code. Look at it once more, or ask at the desk."};
inline constexpr RefusalText not_checked_in{"not_checked_in", RefusalKind::conflict,
                                            "This claim is not checked in yet. Check in first."};
inline constexpr RefusalText already_completed{"already_completed", RefusalKind::conflict,
                                               "This claim is completed already."};
inline constexpr RefusalText marked_no_show{"marked_no_show", RefusalKind::conflict,
                                            "This claim was marked as not attended."};
inline constexpr RefusalText claim_already_rated{"claim_already_rated", RefusalKind::conflict,
                                                 "You have rated this already. Thank you."};
inline constexpr RefusalText check_in_not_open{"check_in_not_open", RefusalKind::conflict,
                                               "Check-in opens 24 hours before the first session. Come back then."};
inline constexpr RefusalText not_yet{"not_yet", RefusalKind::conflict,
                                     "The last session is not over. Complete the product when it is."};
inline constexpr RefusalText nothing_to_promote{"nothing_to_promote", RefusalKind::conflict,
                                                "Nobody who waits fits into the free places."};

inline constexpr std::array all{product_not_draft,
                                session_in_the_past,
                                sessions_over,
                                product_not_published,
                                product_cancelled,
                                product_completed,
                                capacity_unchanged,
                                capacity_below_confirmed,
                                claims_not_open,
                                claims_closed,
                                too_many_places,
                                product_full,
                                too_many_claims,
                                claim_not_found,
                                already_cancelled,
                                already_started,
                                not_started,
                                claim_waitlisted,
                                already_checked_in,
                                code_needed,
                                wrong_code,
                                not_checked_in,
                                already_completed,
                                marked_no_show,
                                claim_already_rated,
                                check_in_not_open,
                                not_yet,
                                nothing_to_promote};

}  // namespace pioneer::domain::supermarket::refusals
