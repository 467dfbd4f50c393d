#include "../gateway/secret.h"
