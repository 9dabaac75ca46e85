/*
 * arabic.c - a form in a language that is written from right to left.
 */
#include <prg.h>

struct letter {
	const char	*name;
	const char	*email;
	const char	*message;
	const char	*city;
	const char	*day;
	int		 mood;
	bool		 agree;
};

static const struct prg_choice cities[] = {
	{ "cai", "القاهرة" }, { "amm", "عمّان" }, PRG_CHOICES_END
};

static const struct prg_field fields[] = {
	PRG_TEXT  (struct letter, name,    .label = "الاسم", .required = true, .max = 80),
	PRG_EMAIL (struct letter, email,   .label = "البريد الإلكتروني"),
	PRG_AREA  (struct letter, message, .label = "الرسالة", .hint = "اكتب ما تشاء", .max = 200),
	PRG_CHOICE(struct letter, city,    .label = "المدينة", .choices = cities),
	PRG_DATE  (struct letter, day,     .label = "التاريخ"),
	PRG_RANGE (struct letter, mood,    .label = "المزاج", .min = 0, .max = 10),
	PRG_BOOL  (struct letter, agree,   .label = "أوافق على النشر"),
	PRG_FIELDS_END
};

static const struct prg_message messages[] = {
	{ "problem", "هناك مشكلة" }, { "error", "خطأ:" }, { "enter", "أدخل {label}" },
	{ "send", "إرسال" }, { "received", "شكرًا لك" }, { "optional", "(اختياري)" },
	{ "keep", "تبقى هذه الصفحة على عنوانها. احفظه للعودة إليها:" },
	{ "max_hint", "{max} حرف على الأكثر" }, { "skip", "تخطَّ إلى المحتوى" },
	PRG_MESSAGES_END
};

static struct prg_next
take(struct prg_req *r)
{
	return prg_created(r);
}

static const struct prg_route routes[] = {
	{ "/", .title = "رسالة إلينا", .fields = fields, .post = take, .api = true },
	PRG_ROUTES_END
};

int
main(int argc, char **argv)
{
	return prg_main(argc, argv, &(struct prg_app){ .name = "arabic", .lang = "ar",
	    .messages = messages, .routes = routes });
}
