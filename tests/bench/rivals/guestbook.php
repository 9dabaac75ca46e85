<?php
/*
 * guestbook.php - the guestbook in PHP, for php-fpm.
 *
 * The form, a POST that is durable before it is answered with 303, the page of the
 * result.  STORE is a database with the schema of schema.sql.
 */
declare(strict_types=1);

const ID = '/^[0-9a-f]{32}$/D';

function store(): PDO
{
    // Kept open by the process, from request to request; synchronous is FULL.
    return new PDO('sqlite:' . $_SERVER['STORE'], null, null, [
        PDO::ATTR_PERSISTENT => true,
        PDO::ATTR_ERRMODE => PDO::ERRMODE_EXCEPTION,
        PDO::ATTR_DEFAULT_FETCH_MODE => PDO::FETCH_ASSOC,
        PDO::ATTR_TIMEOUT => 5,
    ]);
}

function e(string $s): string
{
    return htmlspecialchars($s, ENT_QUOTES | ENT_SUBSTITUTE | ENT_HTML5, 'UTF-8');
}

function page(string $title, string $main): void
{
    header('X-Content-Type-Options: nosniff');
    header("Content-Security-Policy: default-src 'none'; style-src 'self'; img-src 'self' data:; "
        . "form-action 'self'; base-uri 'none'; frame-ancestors 'none'");
    header('Referrer-Policy: same-origin');
    header('Content-Type: text/html; charset=utf-8');
    $title = e($title);
    echo <<<END
<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>$title</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/static/prg.css">
</head>
<body>
<a class="skip" href="#main">Skip to the content</a>
<header><a href="/">Guestbook</a></header>
<main id="main">
<h1>$title</h1>
$main</main>
</body>
</html>

END;
}

function refuse(int $status, string $why): void
{
    http_response_code($status);
    page($why, '');
}

function show_form(): void
{
    $id = bin2hex(random_bytes(16));
    header('Cache-Control: private, no-cache');
    page('Guestbook', <<<END
<form method="post" action="/" accept-charset="utf-8">
<input type="hidden" name="id" value="$id">
<div class="field">
<label for="f-name">Your name</label>
<input type="text" id="f-name" name="name" value="" maxlength="80" required>
</div>
<div class="field">
<label for="f-message">Message</label>
<textarea id="f-message" name="message" rows="6" maxlength="2000" required></textarea>
</div>
<div class="field">
<label for="f-stars">Stars <span class="optional">(optional)</span></label>
<input type="text" id="f-stars" name="stars" value="" inputmode="numeric">
</div>
<button type="submit">Send</button>
</form>

END);
}

function text(string $name, int $max): ?string
{
    $s = $_POST[$name] ?? null;
    $good = is_string($s) && $s !== '' && strlen($s) <= 4 * $max && preg_match('//u', $s);
    return $good ? $s : null;
}

function post(): void
{
    $id = $_POST['id'] ?? '';
    if (!is_string($id) || !preg_match(ID, $id)) {
        $id = bin2hex(random_bytes(16));
    }
    $name = text('name', 80);
    $message = text('message', 2000);
    $stars = ($_POST['stars'] ?? '') === '' ? 0 :
        filter_var($_POST['stars'], FILTER_VALIDATE_INT,
            ['options' => ['min_range' => 1, 'max_range' => 5]]);
    if ($name === null || $message === null || $stars === false) {
        refuse(400, 'Something is missing, or too long');
        return;
    }
    store()->prepare('INSERT OR IGNORE INTO entry VALUES (?, ?, ?, ?, ?)')
        ->execute([$id, $name, $message, $stars, time()]);
    header("Location: /$id", true, 303);
}

function show_entry(string $id): void
{
    $find = store()->prepare('SELECT name, message, stars, created FROM entry WHERE id = ?');
    $find->execute([$id]);
    $entry = $find->fetch();
    $find->closeCursor();
    if ($entry === false) {
        refuse(404, 'Not found');
        return;
    }
    $name = e($entry['name']);
    $message = e($entry['message']);
    $stars = $entry['stars'] ?: '–';
    $iso = gmdate('Y-m-d\TH:i:s\Z', $entry['created']);
    $date = gmdate('j F Y, H:i', $entry['created']);
    header('Cache-Control: public, no-cache');
    header('X-Robots-Tag: noindex, nofollow');
    page("Thank you, $entry[name].", <<<END
<dl class="rows">
<div><dt>Your name</dt><dd>$name</dd></div>
<div><dt>Message</dt><dd>$message</dd></div>
<div><dt>Stars</dt><dd>$stars</dd></div>
</dl>
<dl class="rows meta">
<div><dt>Received on</dt><dd><time datetime="$iso">$date UTC</time></dd></div>
<div><dt>Reference</dt><dd><code>$id</code></dd></div>
</dl>
<p>This page stays at its address. Bookmark it to come back:<br><a class="address" href="/$id">/$id</a></p>
<p><a href="/">Guestbook</a></p>

END);
}

$path = $_SERVER['REQUEST_URI'];
if ($_SERVER['REQUEST_METHOD'] === 'POST') {
    post();
} elseif ($path === '/') {
    show_form();
} elseif (preg_match(ID, substr($path, 1))) {
    show_entry(substr($path, 1));
} else {
    refuse(404, 'Not found');
}
