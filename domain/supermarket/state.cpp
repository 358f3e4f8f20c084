#include "domain/supermarket/state.hpp"
